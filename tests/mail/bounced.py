"""Mail that came back, as the servers of big providers word it, built by us: name, headers, body, who failed, for good or not."""

GONE, FULL = True, False


def report(prose: str, status: str, subject: str, sender: str, original: str = "To: gone@kunde.example\nSubject: Angebot\nMessage-ID: <1@firm.example>") -> tuple[str, str]:
    """Headers and body of a report by the book."""
    head = f"From: {sender}\nTo: service@firm.example\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b"
    parts = f"\n{prose}", f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{status}", f"Content-Type: text/rfc822-headers\n\n{original}"
    return head, "".join(f"--b\n{part}\n" for part in parts) + "--b--\n"


def plain(sender: str, subject: str, prose: str, more: str = "") -> tuple[str, str]:
    return f"From: {sender}\nTo: service@firm.example\nSubject: {subject}{more}", prose


BOUNCES = [
    ("Exchange Online", *report("Your message to gone@kunde.example couldn't be delivered.\n\ngone wasn't found at kunde.example.", "Final-Recipient: rfc822;gone@kunde.example\nAction: failed\nStatus: 5.1.10\n"
     "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "Undeliverable: Angebot", "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example>"), ["gone@kunde.example"], GONE),
    ("Exchange in German, full box", *report("Fehler bei der Zustellung an folgende Empfänger oder Gruppen:\n\ngone@kunde.example\nDas Postfach des Empfängers ist voll.", "Final-Recipient: rfc822;gone@kunde.example\nAction: failed\nStatus: 5.2.2\n"
     "Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "Unzustellbar: Angebot", "postmaster@kunde.example"), ["gone@kunde.example"], FULL),
    ("Postfix", *report("I'm sorry to have to inform you that your message could not be delivered.\n\n<gone@kunde.example>: host mx.kunde.example said: 550 5.1.1 User unknown", "Final-Recipient: rfc822; gone@kunde.example\nOriginal-Recipient: rfc822;gone@kunde.example\n"
     "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown", "Undelivered Mail Returned to Sender", "MAILER-DAEMON@mx.example (Mail Delivery System)"), ["gone@kunde.example"], GONE),
    ("Postfix, waiting", *report("THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE.", "Final-Recipient: rfc822; gone@kunde.example\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.kunde.example: Connection timed out",
     "Delayed Mail (still being retried)", "MAILER-DAEMON@mx.example"), ["gone@kunde.example"], FULL),
    ("Gmail", *report("** Address not found **\n\nYour message wasn't delivered to gone@gmail.com because the address couldn't be found.", "Final-Recipient: rfc822; gone@gmail.com\nAction: failed\nStatus: 5.1.1\n"
     "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.", "Delivery Status Notification (Failure)", "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"), ["gone@gmail.com"], GONE),
    ("Gmail, full", *report("The recipient's inbox is out of storage space.", "Final-Recipient: rfc822; gone@gmail.com\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space", "Delivery Status Notification (Failure)",
     "Mail Delivery Subsystem <mailer-daemon@googlemail.com>"), ["gone@gmail.com"], FULL),
    ("Amazon SES", *report("An error occurred while trying to deliver the mail to the following recipients:\ngone@kunde.example", "Action: failed\nFinal-Recipient: rfc822; gone@kunde.example\nDiagnostic-Code: smtp; 550 5.4.1 Recipient address rejected: Access denied\nStatus: 5.4.1",
     "Delivery Status Notification (Failure)", "MAILER-DAEMON@amazonses.com"), ["gone@kunde.example"], GONE),
    ("Domino", *report("Ihre Nachricht\n\nBetreff: Angebot\n\nkonnte nicht zugestellt werden an:\n\ngone@kunde.example\n\nGrund:\n\nUser gone (gone@kunde.example) not listed in Domino Directory", "Final-Recipient: rfc822;gone@kunde.example\nAction: failed\nStatus: 5.1.1\n"
     "Diagnostic-Code: X-Notes; User gone (gone@kunde.example) not listed in Domino Directory", "DELIVERY FAILURE: User gone (gone@kunde.example) not listed in Domino Directory", "Postmaster@kunde.example"), ["gone@kunde.example"], GONE),
    ("Sendmail", *report("   ----- The following addresses had permanent fatal errors -----\n<gone@kunde.example>\n    (reason: 550 5.1.1 <gone@kunde.example>... User unknown)", "Final-Recipient: RFC822; gone@kunde.example\nAction: failed\nStatus: 5.1.1\n"
     "Diagnostic-Code: SMTP; 550 5.1.1 User unknown", "Returned mail: see transcript for details", "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>"), ["gone@kunde.example"], GONE),
    ("two of three", *report("Two failed.", "Final-Recipient: rfc822; a@kunde.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@kunde.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; c@kunde.example\nAction: failed\nStatus: 5.1.2",
     "Undelivered Mail", "MAILER-DAEMON@mx.example"), ["a@kunde.example", "c@kunde.example"], GONE),
    ("an address in its own alphabet", *report("x", "Final-Recipient: utf-8; gone@kunde.example\nAction: failed\nStatus: 5.6.7", "Undelivered Mail", "MAILER-DAEMON@mx.example"), ["gone@kunde.example"], FULL),
    ("Exim", *plain("Mail Delivery System <Mailer-Daemon@mx.example>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
     "recipients. This is a permanent error. The following address(es) failed:\n\n  gone@kunde.example\n    host mx.kunde.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<gone@kunde.example>:\n    550 5.1.1 User unknown\n\n"
     "------ This is a copy of the message, including all the headers. ------\n\nTo: other@kunde.example", "\nX-Failed-Recipients: gone@kunde.example\nAuto-Submitted: auto-replied"), ["gone@kunde.example"], GONE),
    ("qmail", *plain("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
     "<gone@kunde.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <service@firm.example>\nTo: other@kunde.example"), ["gone@kunde.example"], GONE),
    ("GMX", *plain("GMX Mailer Daemon <mailer-daemon@gmx.de>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. This is a permanent error. "
     "The following address\nfailed:\n\n\"gone@gmx.de\":\nSMTP error from remote server for RCPT TO command, host: mx00.gmx.net reason: 550 Requested action not taken: mailbox unavailable\n\n--- The header of the original message is following. ---\n\nTo: gone@gmx.de"), ["gone@gmx.de"], GONE),
    ("T-Online", *plain("Mail Delivery System <mailer-daemon@t-online.de>", "Delivery Status Notification", "|------------------------- Message log follows: -------------------------|\n no valid recipients were found for this message\n|------------------------- Failed addresses follow: ---------------------|\n"
     " <gone@t-online.de> ... unknown user\n|------------------------- Message text follows: ------------------------|\n\nTo: x@t-online.de"), ["gone@t-online.de"], GONE),
    ("GroupWise", *plain("Mailer-Daemon@kunde.example", "Message status - undeliverable", "The message that you sent was undeliverable to the following:\n\tgone (user not found)\n\tgone@kunde.example\n\nPossibly truncated original message follows:"), ["gone@kunde.example"], GONE),
    ("Yahoo, full", *plain("MAILER-DAEMON@yahoo.com", "Failure Notice", "Sorry, we were unable to deliver your message to the following address.\n\n<gone@yahoo.com>:\n552: 5.2.2 Mailbox full"), ["gone@yahoo.com"], FULL),
    ("a French one", *plain("Mail Delivery System <MAILER-DAEMON@orange.fr>", "Échec de la remise du message", "Votre message n'a pas pu être remis au destinataire suivant :\n\ngone@orange.fr\n\n550 5.1.1 Adresse d au moins un destinataire invalide"), ["gone@orange.fr"], GONE),
]
# What people write of returned mail, and programs that only sound like it.
NO_BOUNCES = [
    ("a person passes one on", "From: Klara <klara@kunde.example>\nSubject: Fwd: Undelivered Mail Returned to Sender",
     "Hallo, was heißt das?\n\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Undelivered Mail Returned to Sender\n\n<gone@kunde.example>: 550 5.1.1 User unknown"),
    ("a person answers one", "From: Klara <klara@kunde.example>\nSubject: AW: Unzustellbar: Angebot\nIn-Reply-To: <1@mx.example>", "Meine Mail an gone@kunde.example kam zurück (550 5.1.1). Können Sie helfen?"),
    ("a person attaches one", "From: Klara <klara@kunde.example>\nSubject: Meine Mail kommt zurück\nContent-Type: multipart/mixed; boundary=b",
     "--b\n\nSiehe Anhang, 550 5.1.1\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n<gone@kunde.example>: 550 5.1.1 User unknown\n--b--"),
    ("a parcel", "From: Klara <klara@kunde.example>\nSubject: Zustellung fehlgeschlagen", "Das Paket konnte nicht zugestellt werden. Sendungsnummer 550 12345. Bitte rufen Sie an."),
    ("a parcel service", "From: DHL <noreply@dhl.example>\nSubject: Delivery failed", "Your parcel could not be delivered to your address. We will try again tomorrow."),
    ("a rejected offer", "From: Klara <klara@kunde.example>\nSubject: Angebot abgelehnt / rejected", "Your offer was rejected by our board."),
    ("a full letter box", "From: Klara <klara@kunde.example>\nSubject: Postfach voll", "Mein Postfach ist voll, schicken Sie es an klara@neu.example."),
    ("an absence note", "From: Klara <klara@kunde.example>\nSubject: Automatische Antwort: Angebot\nAuto-Submitted: auto-replied", "Ich bin nicht im Büro. Ihre Mail wird nicht weitergeleitet. Wenden Sie sich an otto@kunde.example."),
    ("an address that is given up", "From: Klara <klara@kunde.example>\nSubject: Automatic reply\nAuto-Submitted: auto-replied\nX-Auto-Response-Suppress: All", "This mailbox is no longer monitored. Write to otto@kunde.example."),
    ("a postmaster who is a person", "From: Otto <postmaster@kunde.example>\nSubject: Ihre Frage", "Guten Tag, wir haben das Problem behoben."),
]
