"""Turn first-time buyers into regulars: customer engagement from one reviewed playbook."""
