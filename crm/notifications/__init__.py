"""What staff should know: a row each (the bell in the frame, a page), and a mail where the person wants one."""
