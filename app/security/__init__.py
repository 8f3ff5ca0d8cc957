"""Who may see and do what: the rule of sight, posts, and the account manager."""
