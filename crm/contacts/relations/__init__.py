"""Relations between people: who recommended whom, whose assistant somebody is, who is family."""
