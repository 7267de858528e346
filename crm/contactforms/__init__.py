"""Contact forms: pages of the firm's own making (/form/<key>), also within foreign sites. What is sent is stored, then worked off in the inbox."""
