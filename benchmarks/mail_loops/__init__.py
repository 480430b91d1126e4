"""How many mails go out in three days to mailboxes that answer by themselves, with each guard and without."""
