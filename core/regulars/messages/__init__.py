"""Messages: templates, rendering, MIME."""
