"""``regulars ab``: a quick question without any playbook.

- ``command`` reads what a person writes, ``totals`` what each arm brought
- ``answer``: what these say of the arms; ``words``: the same as a table and sentences
"""
