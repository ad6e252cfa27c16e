"""Reading: what models ask for, brought from the store as arrays, as it is and as it was."""
