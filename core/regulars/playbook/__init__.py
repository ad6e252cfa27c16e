"""The playbook language: its words as data, and the loading of a file."""
