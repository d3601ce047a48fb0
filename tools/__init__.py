"""Programs for the people who make Easel; nothing that runs imports them."""
