"""E-mail layouts and starter playbooks that come with regulars."""
