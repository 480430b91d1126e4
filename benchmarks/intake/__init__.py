"""How many mails a second are stored before their 250."""
