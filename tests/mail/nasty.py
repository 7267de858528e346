"""Mails as the world's programs really write them, built by us after the standards: name, the bytes, what is to be understood of them."""

import base64
from typing import Any

Case = tuple[str, bytes, dict[str, Any]]
FROM = "From: Anna <anna@example.com>\r\nTo: service@example.org\r\nSubject: Frage\r\n"


def built(headers: str | bytes, body: str | bytes = "Hallo", frame: str = FROM) -> bytes:
    """A mail with our usual sender; `headers` as UTF-8 unless they are bytes already."""
    head = headers.encode() if isinstance(headers, str) else headers
    end = b"\r\n" if head else b""
    return frame.encode() + head.replace(b"\n", b"\r\n") + end + b"\r\n" + (body.encode().replace(b"\n", b"\r\n") if isinstance(body, str) else body)


def alone(headers: str | bytes, body: str | bytes = "Hallo") -> bytes:
    return built(headers, body, frame="")


def parts(*each: str | bytes, kind: str = "mixed", boundary: str = "b1", extra: str = "") -> bytes:
    """A mail of several parts, each with its own headers."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + (one.encode().replace(b"\n", b"\r\n") if isinstance(one, str) else one) + b"\r\n" for one in each)
    return built(f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"{extra}', body + b"--" + boundary.encode() + b"--\r\n")


def file_named(disposition: str | bytes, kind: str | bytes = "application/pdf") -> bytes:
    kind, disposition = (each.encode() if isinstance(each, str) else each for each in (kind, disposition))
    return parts("\nHallo", b"Content-Type: " + kind + b"\r\nContent-Disposition: " + disposition.replace(b"\n", b"\r\n") + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==")


def names(*cases: tuple[str, str | bytes, str]) -> list[Case]:
    return [(name, file_named(disposition), {"files": [(wanted, "application/pdf", 4, False)], "text": "Hallo"}) for name, disposition, wanted in cases]


def subjects(*cases: tuple[str, str | bytes, str]) -> list[Case]:
    return [(f"subject {name}", alone(b"From: anna@example.com\nSubject: " + (value.encode() if isinstance(value, str) else value)), {"subject": wanted, "text": "Hallo"})
            for name, value, wanted in cases]


def senders(*cases: tuple[str, str | bytes, str, str]) -> list[Case]:
    return [(f"sender {name}", alone(b"From: " + (value.encode() if isinstance(value, str) else value) + b"\nSubject: x"), {"from": (wanted, address), "subject": "x"})
            for name, value, wanted, address in cases]


def dates(*cases: tuple[str, str | None]) -> list[Case]:
    return [(f"date {value}", built(f"Date: {value}"), {"date": wanted}) for value, wanted in cases]


def texts(*cases: tuple[str, str, bytes, str]) -> list[Case]:
    """name, the headers of the body, its bytes, the text."""
    return [(name, built(headers, data), {"text": wanted}) for name, headers, data, wanted in cases]


FILE_NAMES = names(
    ("a name in pieces, cut within a letter", "attachment; filename*0*=utf-8''R%C3; filename*1*=%BCck.pdf", "Rück.pdf"),
    ("more than ten pieces", "attachment; " + "; ".join(f"filename*{n}={chr(97 + n)}" for n in range(12)) + "; filename*12=.pdf", "abcdefghijkl.pdf"),
    ("pieces without a first one", "attachment; filename*1=b; filename*2=c.pdf", "bc.pdf"),
    ("quoted and encoded pieces", "attachment;\n filename*0=\"a b\";\n filename*1*=%20c.pdf", "a b c.pdf"),
    ("a name with its charset and language", "attachment; filename*=iso-8859-1'de'R%FCck.pdf", "Rück.pdf"),
    ("raw letters in an encoded name", "attachment; filename*=utf-8''Rück.pdf", "Rück.pdf"),
    ("a broken escape", "attachment; filename*=utf-8''100%.pdf", "100%.pdf"),
    ("an encoded name without charset", "attachment; filename*=R%C3%BCck.pdf", "Rück.pdf"),
    ("an encoded name in quotes", "attachment; filename*=\"utf-8''R%C3%BCck.pdf\"", "Rück.pdf"),
    ("a wrong charset", "attachment; filename*=us-ascii''R%FCck.pdf", "Rück.pdf"),
    ("an unknown charset", "attachment; filename*=x-nothing''R%C3%BCck.pdf", "Rück.pdf"),
    ("the encoded name goes before the plain one", "attachment; filename=\"Rueck.pdf\"; filename*=utf-8''R%C3%BCck.pdf", "Rück.pdf"),
    ("and whatever order they stand in", "attachment; filename*=utf-8''R%C3%BCck.pdf; filename=\"Rueck.pdf\"", "Rück.pdf"),
    ("two encoded words in quotes", "attachment; filename=\"=?utf-8?Q?R=C3=BC?=\n =?utf-8?Q?ck.pdf?=\"", "Rück.pdf"),
    ("an encoded word without quotes", "attachment; filename==?utf-8?Q?R=C3=BCck_1.pdf?=", "Rück 1.pdf"),
    ("encoded words in pieces", "attachment; filename*0=\"=?utf-8?Q?R=C3=BC\"; filename*1=\"ck.pdf?=\"", "Rück.pdf"),
    ("a semicolon in quotes", 'attachment; filename="a;b.pdf"', "a;b.pdf"),
    ("quotes in quotes", 'attachment; filename="a \\"b\\".pdf"', "a _b_.pdf"),
    ("a comma without quotes", "attachment; filename=a,b.pdf", "a,b.pdf"),
    ("raw utf-8", 'attachment; filename="Rück.pdf"', "Rück.pdf"),
    ("raw latin-1", 'attachment; filename="Rück.pdf"'.encode("latin-1"), "Rück.pdf"),
    ("quotes that never end", 'attachment; filename="abc.pdf', "abc.pdf"),
    ("no blank after the semicolon", "attachment;filename=abc.pdf;size=4", "abc.pdf"),
    ("a colon where an equals sign belongs is no name", "attachment; filename:abc.pdf; filename=def.pdf", "def.pdf"),
    ("capitals", "ATTACHMENT; FILENAME=abc.pdf", "abc.pdf"),
    ("a disposition nobody knows", "form-data; name=file; filename=abc.pdf", "abc.pdf"),
    ("a folded name", "attachment; filename=\"a long\n name.pdf\"", "a long name.pdf"),
    ("percent signs in a plain name", "attachment; filename=\"a%20b.pdf\"", "a%20b.pdf"),
    ("a path", "attachment; filename=\"C:\\Users\\anna\\a.pdf\"", "a.pdf"),
    ("apostrophes", "attachment; filename=\"Anna's 'best'.pdf\"", "Anna's 'best'.pdf"),
    ("no separator", "attachment filename=abc.pdf", "abc.pdf"),
)
SUBJECTS = subjects(
    ("with blanks inside a word", "=?utf-8?Q?Hallo Welt?=", "Hallo Welt"),
    ("with blanks inside base64", "=?utf-8?B?R3LDvMOf ZQ==?=", "Grüße"),
    ("words without a blank between", "=?utf-8?Q?Gr=C3=BC?==?utf-8?Q?=C3=9Fe?=", "Grüße"),
    ("glued to text", "Re:=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Re:Grüße"),
    ("glued on both sides", "a=?utf-8?Q?=C3=BC?=b", "aüb"),
    ("charset of other case, cut within a letter", "=?utf-8?Q?M=C3?=\n =?UTF-8?Q?=BCller?=", "Müller"),
    ("cut within a letter across base64 and quoted", "=?utf-8?B?TcM=?= =?utf-8?Q?=BCller?=", "Müller"),
    ("no charset", "=??Q?abc?=", "=??Q?abc?="),
    ("an encoding nobody knows", "=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
    ("a question mark inside", "=?utf-8?Q?Was??=", "Was?"),
    ("a question inside with blanks", "=?utf-8?Q?Was?_Wann?_=C3=BCber?=", "Was? Wann? über"),
    ("chinese of the larger set", b"=?gb2312?B?" + base64.b64encode("镕基您好".encode("gbk")) + b"?=", "镕基您好"),
    ("japanese of its own escape", b"=?ISO-2022-JP?B?" + base64.b64encode("こんにちは".encode("iso2022_jp")) + b"?=", "こんにちは"),
    ("unknown-8bit", "=?unknown-8bit?Q?Gr=FC=DFe?=", "Grüße"),
    ("windows letters under latin-1", "=?iso-8859-1?Q?=84Hallo=93?=", "„Hallo“"),
    ("raw utf-8", "Größe", "Größe"),
    ("raw latin-1", "Größe".encode("latin-1"), "Größe"),
    ("raw beside encoded", "Größe =?utf-8?Q?=C3=BC?=", "Größe ü"),
    ("folded before the word", "\n =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("folded with a tab", "a\n\tb", "a b"),
    ("only blanks on the second line", "a\n \n b", "a b"),
    ("underscores outside of words", "a_b", "a_b"),
    ("an equals sign alone", "2+2=?4", "2+2=?4"),
    ("utf-16", b"=?utf-16?B?" + base64.b64encode("Grüße".encode("utf-16")) + b"?=", "Grüße"),
    ("utf-7", "=?utf-7?Q?Gr+APwA3w-e?=", "Grüße"),
    ("lower case hexadecimals", "=?utf-8?q?gr=c3=bc=c3=9fe?=", "grüße"),
    ("padding too long", "=?utf-8?B?SGFsbG8===?=", "Hallo"),
    ("padding missing", "=?utf-8?B?SGFsbG8?=", "Hallo"),
    ("a bare line feed of the sender inside", "=?utf-8?Q?a=0Ab?=", "a b"),
    ("words with a comment-like text", "=?utf-8?Q?a?= (b)", "a (b)"),
    ("a long line of many words", " ".join("=?utf-8?Q?=C3=BC?=" for _ in range(200)), "ü" * 200),
)
SENDERS = senders(
    ("address twice", "anna@example.com <anna@example.com>", "", "anna@example.com"),
    ("without brackets", '"Anna Berg" anna@example.com', "Anna Berg", "anna@example.com"),
    ("brackets first", "<anna@example.com> Anna Berg", "Anna Berg", "anna@example.com"),
    ("bracket not closed", "Anna Berg <anna@example.com", "Anna Berg", "anna@example.com"),
    ("bracket not opened", "Anna Berg anna@example.com>", "Anna Berg", "anna@example.com"),
    ("another address for a name", '"info@firm.example" <anna@example.com>', "info@firm.example", "anna@example.com"),
    ("all of it encoded", "=?utf-8?Q?Anna_=3Canna=40example=2Ecom=3E?=", "Anna", "anna@example.com"),
    ("two encoded words", "=?utf-8?Q?J=C3=BCr?= =?utf-8?Q?gen?= <j@example.com>", "Jürgen", "j@example.com"),
    ("an encoded word in quotes", '"=?utf-8?Q?J=C3=BCrgen?=" <j@example.com>', "Jürgen", "j@example.com"),
    ("no blank before the bracket", "=?utf-8?Q?J=C3=BCrgen?=<j@example.com>", "Jürgen", "j@example.com"),
    ("a comment behind", "anna@example.com (Anna Berg)", "Anna Berg", "anna@example.com"),
    ("an encoded comment", "anna@example.com (=?utf-8?Q?J=C3=BCrgen?=)", "Jürgen", "anna@example.com"),
    ("a domain with umlaut", "Anna <anna@münchen.example>", "Anna", "anna@münchen.example"),
    ("an umlaut before the at", "Jürgen <jürgen@example.com>", "Jürgen", "jürgen@example.com"),
    ("a numeric domain", "Anna <anna@[192.168.0.1]>", "Anna", "anna@[192.168.0.1]"),
    ("a comma at the end", "Anna <anna@example.com>,", "Anna", "anna@example.com"),
    ("a semicolon in quotes", '"Berg; Anna" <anna@example.com>', "Berg; Anna", "anna@example.com"),
    ("the address twice in brackets", "Anna <anna@example.com> <anna@example.com>", "Anna", "anna@example.com"),
    ("escapes in the name", '"Anna \\(Chefin\\)" <anna@example.com>', "Anna (Chefin)", "anna@example.com"),
    ("an at in the name", "Anna@Home <anna@example.com>", "Anna@Home", "anna@example.com"),
    ("apostrophes around the name", "'Anna Berg' via Liste <liste@example.com>", "'Anna Berg' via Liste", "liste@example.com"),
    ("a plus", "anna+shop@example.com", "", "anna+shop@example.com"),
    ("a name in raw latin-1", "Jürgen <j@example.com>".encode("latin-1"), "Jürgen", "j@example.com"),
    ("a name in raw utf-8", "Jürgen <j@example.com>", "Jürgen", "j@example.com"),
    ("a full stop in the name", "Dr. A. Berg <anna@example.com>", "Dr. A. Berg", "anna@example.com"),
    ("a colon in the name", '"Shop: Anna" <anna@example.com>', "Shop: Anna", "anna@example.com"),
    ("brackets of another kind in the name", "Anna [Firma] <anna@example.com>", "Anna [Firma]", "anna@example.com"),
    ("a blank inside the brackets", "Anna < anna@example.com >", "Anna", "anna@example.com"),
    ("a folded one", "Anna\n Berg\n <anna@example.com>", "Anna Berg", "anna@example.com"),
    ("a group of one", "Team: Anna <anna@example.com>;", "Anna", "anna@example.com"),
    ("a bare comment before", "(Chefin) anna@example.com", "Chefin", "anna@example.com"),
    ("a comment between name and address", "Anna Berg (Firma) <anna@example.com>", "Anna Berg", "anna@example.com"),
    ("quotes within a name", 'Anna "die Chefin" Berg <anna@example.com>', "Anna die Chefin Berg", "anna@example.com"),
    ("quotes not closed", '"Anna Berg <anna@example.com>', "Anna Berg", "anna@example.com"),
    ("mailto", "Anna <mailto:anna@example.com>", "Anna", "anna@example.com"),
    ("a trailing full stop", "Anna <anna@example.com.>", "Anna", "anna@example.com"),
    ("two at signs", "Anna <anna@@example.com>", "Anna", "anna@@example.com"),
    ("a slash and equals sign of X.400", "Anna </G=Anna/S=Berg/O=Firma/@example.com>", "Anna", "/G=Anna/S=Berg/O=Firma/@example.com"),
    ("base64 with a comma inside", b"=?utf-8?B?" + base64.b64encode("Berg, Jörg".encode()) + b"?= <j@example.com>", "Berg, Jörg", "j@example.com"),
    ("quoted words with an at and brackets", '"=?utf-8?Q?Anna_=28anna=40example=2Ecom=29?=" <system@example.com>', "Anna (anna@example.com)", "system@example.com"),
)
DATES = dates(
    ("Mon, 01 Jan 2018 10:00:00 +0100 (CET (Mitteleuropa))", "2018-01-01T09:00:00+00:00"),
    ("1 Jan 2018 10:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon,1 Jan 2018 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("mon, 01 jan 2018 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 18 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 118 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 EST", "2018-01-01T15:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 Z", "2018-01-01T10:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 -0000", "2018-01-01T10:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00", "2018-01-01T10:00:00+00:00"),
    ("Mon, 01 Jan 2018 23:59:60 +0000", "2018-01-01T23:59:59+00:00"),
    ("Mon, 01 Jan 2018 24:00:00 +0000", "2018-01-02T00:00:00+00:00"),
    ("Mo, 12 Mär 2018 10:00:00 +0100", "2018-03-12T09:00:00+00:00"),
    ("Mi, 03 Okt 2018 10:00:00 +0200", "2018-10-03T08:00:00+00:00"),
    ("Mon Jan  1 10:00:00 CET 2018", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 January 2018 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Monday, 01 Jan 2018 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Jan 1, 2018 10:00:00 AM +0100", "2018-01-01T09:00:00+00:00"),
    ("1/14/2018 2:05:03 PM", "2018-01-14T14:05:03+00:00"),
    ("Mon, 01 Jan 2018 10.00.00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 +01:00", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 GMT+1", "2018-01-01T09:00:00+00:00"),
    ("Mon, (comment) 01 (another) Jan 2018 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 01 Jan 2018 10:00:00 CEST", "2018-01-01T08:00:00+00:00"),
    ("1514797200", "2018-01-01T09:00:00+00:00"),
    ("2018-01-01T10:00:00.123+01:00", "2018-01-01T09:00:00.123000+00:00"),
    ("2018/01/01 10:00:00 +0100", "2018-01-01T09:00:00+00:00"),
    ("Mon, 31 Feb 2018 10:00:00 +0100", None),
    ("", None),
)
SEVEN = "Content-Type: text/plain; charset="
TEXTS = texts(
    ("cp-850", SEVEN + "cp-850", "Grüße".encode("cp850"), "Grüße"),
    ("ibm850", SEVEN + "IBM850", "Grüße".encode("cp850"), "Grüße"),
    ("iso-8859-8-i", SEVEN + "iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    ("visual hebrew", SEVEN + "iso-8859-8-e", "שלום".encode("iso-8859-8"), "שלום"),
    ("ks_c_5601-1987", SEVEN + "ks_c_5601-1987", "안녕하세요".encode("cp949"), "안녕하세요"),
    ("ks_c_5601-1989", SEVEN + "ks_c_5601-1989", "안녕하세요".encode("cp949"), "안녕하세요"),
    ("x-sjis", SEVEN + "x-sjis", "①こんにちは".encode("cp932"), "①こんにちは"),
    ("ms_kanji", SEVEN + "MS_Kanji", "こんにちは".encode("cp932"), "こんにちは"),
    ("gb2312 that is more", SEVEN + "gb2312", "镕基您好".encode("gbk"), "镕基您好"),
    ("gb18030 of four bytes", SEVEN + "gb18030", "𠀀您好".encode("gb18030"), "𠀀您好"),
    ("utf-16 with its mark", SEVEN + "utf-16", "Grüße".encode("utf-16"), "Grüße"),
    ("utf-16 without a mark, little end first", SEVEN + "utf-16", "Grüße aus Köln".encode("utf-16-le"), "Grüße aus Köln"),
    ("utf-16 without a mark, big end first", SEVEN + "utf-16", "Grüße aus Köln".encode("utf-16-be"), "Grüße aus Köln"),
    ("utf-32", SEVEN + "utf-32", "Grüße".encode("utf-32"), "Grüße"),
    ("utf-7", SEVEN + "utf-7", "Grüße".encode("utf-7"), "Grüße"),
    ("hz", SEVEN + "hz-gb-2312", "您好".encode("hz"), "您好"),
    ("iso-2022-jp", SEVEN + "iso-2022-jp", "こんにちは".encode("iso2022_jp"), "こんにちは"),
    ("iso-2022-jp of more sets", SEVEN + "iso-2022-jp-2", "こんにちは".encode("iso2022_jp_2"), "こんにちは"),
    ("iso-2022-jp-ms", SEVEN + "iso-2022-jp-ms", "こんにちは".encode("iso2022_jp"), "こんにちは"),
    ("cp50220", SEVEN + "cp50220", "こんにちは".encode("iso2022_jp"), "こんにちは"),
    ("iso-2022-kr", SEVEN + "iso-2022-kr", "안녕하세요".encode("iso2022_kr"), "안녕하세요"),
    ("unknown-8bit", SEVEN + "unknown-8bit", "Grüße".encode("latin-1"), "Grüße"),
    ("an empty charset", SEVEN, "Grüße aus Köln".encode("latin-1"), "Grüße aus Köln"),
    ("an empty charset in quotes", SEVEN + '""', "Grüße aus Köln".encode(), "Grüße aus Köln"),
    ("x-mac-roman", SEVEN + "x-mac-roman", "Grüße".encode("mac-roman"), "Grüße"),
    ("x-mac-cyrillic", SEVEN + "x-mac-cyrillic", "Привет".encode("mac-cyrillic"), "Привет"),
    ("x-mac-ce", SEVEN + "x-mac-ce", "Dzień".encode("mac-latin2"), "Dzień"),
    ("cp1250 by another name", SEVEN + "x-cp1250", "Dzień".encode("cp1250"), "Dzień"),
    ("windows-1252 with an underscore", SEVEN + "windows_1252", "Größe €".encode("cp1252"), "Größe €"),
    ("win1252", SEVEN + "win-1252", "Größe €".encode("cp1252"), "Größe €"),
    ("iso 8859 15 with blanks", SEVEN + '"iso 8859-15"', "5 €".encode("iso-8859-15"), "5 €"),
    ("latin9", SEVEN + "latin9", "5 €".encode("iso-8859-15"), "5 €"),
    ("koi8-u", SEVEN + "koi8-u", "Привіт".encode("koi8-u"), "Привіт"),
    ("big5", SEVEN + "big5", "您好嗎".encode("big5"), "您好嗎"),
    ("euc-tw is not known and guessed", SEVEN + "x-unknown-cn", "您好，请问我的订单什么时候能够发货？".encode("gb18030"), "您好，请问我的订单什么时候能够发货？"),
    ("utf8 with a mark", SEVEN + "utf-8", b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
    ("utf-8 twice", SEVEN + "utf-8", "GrÃ¼ÃŸe".encode(), "GrÃ¼ÃŸe"),
    ("utf-8 cut at the end", SEVEN + "utf-8", "schöne Grüße aus Köln und Düsseldorf, viel".encode() + b"\xc3", "schöne Grüße aus Köln und Düsseldorf, viel\ufffd"),
    ("us-ascii with umlauts", SEVEN + "us-ascii", "Grüße".encode("latin-1"), "Grüße"),
    ("windows-1254", SEVEN + "windows-1254", "İyi günler şimdi".encode("cp1254"), "İyi günler şimdi"),
    ("windows-874", SEVEN + "windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
    ("tcvn by nobody", SEVEN + "x-viet-vps", b"Chao ban", "Chao ban"),
    ("charset with a comment", SEVEN + "utf-8 (Unicode)", "Grüße".encode(), "Grüße"),
    ("charset twice", SEVEN + "utf-8; charset=iso-8859-1", "Grüße".encode(), "Grüße"),
    ("a charset in pieces", "Content-Type: text/plain; charset*=us-ascii'en'utf-8", "Grüße".encode(), "Grüße"),
    ("no blank before charset", "Content-Type: text/plain;charset=iso-8859-2", "Dzień".encode("iso-8859-2"), "Dzień"),
    ("a broken type", "Content-Type: text; charset=utf-8", "Grüße".encode(), "Grüße"),
    ("a type in capitals", "CONTENT-TYPE: TEXT/PLAIN; CHARSET=UTF-8", "Grüße".encode(), "Grüße"),
    ("an empty type", "Content-Type:", "Grüße".encode(), "Grüße"),
    ("a comma for a semicolon", "Content-Type: text/plain, charset=utf-8", "Grüße".encode(), "Grüße"),
)
QP, B64 = "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: base64"
UU = b"begin 644 a.txt\r\n%:&%L;&\\ \r\n`\r\nend\r\n"
ENCODED = texts(
    ("soft breaks", QP, b"Hal=\r\nlo", "Hallo"),
    ("soft breaks with blanks behind", QP, b"Hal= \t\r\nlo", "Hallo"),
    ("soft breaks of one letter", QP, b"Hal=\nlo", "Hallo"),
    ("lower case letters", QP, b"Gr=c3=bc=c3=9fe", "Grüße"),
    ("what is no code stays", QP, b"a=ZZb=", "a=ZZb"),
    ("raw letters between", QP, "Grüße =3D".encode(), "Grüße ="),
    ("a comment behind the encoding", QP + " (yes)", b"Gr=C3=BC=C3=9Fe", "Grüße"),
    ("a semicolon behind the encoding", QP + ";", b"Gr=C3=BC=C3=9Fe", "Grüße"),
    ("the encoding in quotes", 'Content-Transfer-Encoding: "quoted-printable"', b"Gr=C3=BC=C3=9Fe", "Grüße"),
    ("the encoding with an underscore", "Content-Transfer-Encoding: quoted_printable", b"Gr=C3=BC=C3=9Fe", "Grüße"),
    ("the encoding in capitals", "CONTENT-TRANSFER-ENCODING: QUOTED-PRINTABLE", b"Gr=C3=BC=C3=9Fe", "Grüße"),
    ("8bit with a semicolon", "Content-Transfer-Encoding: 8bit;", "Grüße".encode(), "Grüße"),
    ("utf-8 for an encoding", "Content-Transfer-Encoding: utf-8", "Grüße".encode(), "Grüße"),
    ("two encodings", "Content-Transfer-Encoding: 7bit\n" + QP, b"Hallo", "Hallo"),
    ("base64 with rubbish between", B64, b"SGF*s!\r\nbG8=", "Hallo"),
    ("base64 in one line with blanks", B64, b"SGFs bG8=", "Hallo"),
    ("base64 without its padding", B64, b"SGFsbG8", "Hallo"),
    ("base64 with one letter too many", B64, b"SGFsbG8=A", "Hallo"),
    ("base64 in two pieces", B64, b"SGFsbG8=\r\nIFdlbHQ=", "Hallo Welt"),
    ("base64 with an empty line in it", B64, b"SGFs\r\n\r\nbG8=", "Hallo"),
    ("base64 with a line of another kind", B64, b"SGFsbG8gV2VsdA==\r\n\r\n________________________________\r\nDisclaimer", "Hallo Welt"),
    ("x-uuencode", "Content-Transfer-Encoding: x-uuencode", UU, "hallo"),
    ("uuencode", "Content-Transfer-Encoding: uuencode", UU, "hallo"),
    ("x-uue", "Content-Transfer-Encoding: x-uue", UU, "hallo"),
    ("an encoding nobody knows", "Content-Transfer-Encoding: x-nothing", b"Hallo", "Hallo"),
    ("binary", "Content-Transfer-Encoding: binary", "Grüße".encode(), "Grüße"),
    ("flowed without its blanks", "Content-Type: text/plain; format=flowed; delsp=yes", "日本 \r\n語".encode(), "日本語"),
    ("flowed with quotes of two depths", "Content-Type: text/plain; format=flowed", b">> a \r\n>> b\r\n> c \r\n> d\r\ne \r\nf", ">> a b\n> c d\ne f"),
    ("flowed in quotes and capitals", 'Content-Type: text/plain; FORMAT="Flowed"', b"a \r\nb", "a b"),
    ("flowed with stuffed blanks", "Content-Type: text/plain; format=flowed", b" From a\r\n >b", "From a\n>b"),
    ("line ends of old machines", "", b"Hallo\rWelt", "Hallo\nWelt"),
    ("NULs", "", b"Ha\0llo", "Hallo"),
    ("enriched text", "Content-Type: text/enriched", b"<bold>Hallo</bold> <<Welt>", "Hallo <Welt>"),
)


IDS: list[Case] = [
    ("a folded id", built("Message-ID:\n <a.b@example.com>"), {"message_id": "<a.b@example.com>"}),
    ("an id broken in two", built("Message-ID: <a.b\n @example.com>"), {"message_id": "<a.b@example.com>"}),
    ("an id without brackets", built("Message-ID: a.b@example.com"), {"message_id": "<a.b@example.com>"}),
    ("an id without an at", built("Message-ID: <ab>"), {"message_id": "<ab>"}),
    ("an id with a comment", built("Message-ID: <a.b@example.com> (added by relay)"), {"message_id": "<a.b@example.com>"}),
    ("an id of brackets within brackets", built("Message-ID: <<a.b@example.com>>"), {"message_id": "<a.b@example.com>"}),
    ("two headers of it", built("Message-ID: <a@example.com>\nMessage-ID: <b@example.com>"), {"message_id": "<a@example.com>"}),
    ("an empty one before it", built("Message-ID:\nMessage-ID: <b@example.com>"), {"message_id": "<b@example.com>"}),
    ("a quoted one", built('Message-ID: <"a b"@example.com>'), {"message_id": '<"ab"@example.com>'}),
    ("references with commas and comments", built("References: <a@x>, <b@x>\n (comment) <c@x>"), {"references": ["<a@x>", "<b@x>", "<c@x>"]}),
    ("references folded within an id", built("References: <a@x>\n <b\n @x>"), {"references": ["<a@x>", "<b@x>"]}),
    ("references without brackets", built("References: a@x b@x"), {"references": ["<a@x>", "<b@x>"]}),
    ("in reply to a sentence", built('In-Reply-To: Message from Anna <anna@example.com> of "Mon, 1 Jan." <c@x>'), {"in_reply_to": "<c@x>"}),
    ("in reply to two", built("In-Reply-To: <a@x> <b@x>"), {"in_reply_to": "<a@x>"}),
    ("in reply to nothing", built("In-Reply-To: "), {"in_reply_to": None}),
    ("an encoded id", built("In-Reply-To: =?utf-8?Q?=3Ca=40x=3E?="), {"in_reply_to": "<a@x>"}),
]
LISTS: list[Case] = [
    ("groups", built("", frame="To: A: a@x.de, B <b@x.de>;, c@x.de, Leer:;\r\nFrom: a@x.de\r\n"), {"to": [("", "a@x.de"), ("B", "b@x.de"), ("", "c@x.de")]}),
    ("nested comments", built("", frame="To: a@x.de (A (b) c), (leer) b@x.de\r\n"), {"to": [("A (b) c", "a@x.de"), ("leer", "b@x.de")]}),
    ("a comment within an address", built("", frame="To: Anna <anna@(Firma)example.com>\r\n"), {"to": [("Anna", "anna@example.com")]}),
    ("a line for each", built("", frame="To: a@x.de,\r\n b@x.de,\r\n\tc@x.de\r\n"), {"to": [("", "a@x.de"), ("", "b@x.de"), ("", "c@x.de")]}),
    ("two headers of it", built("", frame="To: a@x.de\r\nTo: b@x.de\r\n"), {"to": [("", "a@x.de"), ("", "b@x.de")]}),
    ("commas too many", built("", frame="To: ,a@x.de,,b@x.de,\r\n"), {"to": [("", "a@x.de"), ("", "b@x.de")]}),
    ("blanks for commas", built("", frame="To: <a@x.de> <b@x.de>\r\n"), {"to": [("", "a@x.de"), ("", "b@x.de")]}),
    ("undisclosed", built("", frame="To: undisclosed-recipients:;\r\nCc: \r\n"), {"to": [], "cc": []}),
    ("names with commas in words", built("", frame="Cc: =?utf-8?Q?Berg=2C_Anna?= <a@x.de>, \"Meer, Otto\" <o@x.de>\r\n"), {"cc": [("Berg, Anna", "a@x.de"), ("Meer, Otto", "o@x.de")]}),
    ("an encoded list", built("", frame="To: =?utf-8?Q?Anna_=3Ca=40x.de=3E=2C_Otto_=3Co=40x.de=3E?=\r\n"), {"to": [("Anna", "a@x.de"), ("Otto", "o@x.de")]}),
    ("reply to nobody", built("Reply-To: <>"), {"reply_to": []}),
    ("reply to a name alone", built("Reply-To: Anna Berg"), {"reply_to": []}),
]
HEADERS: list[Case] = [
    ("no body at all", FROM.encode().rstrip(), {"from": ("Anna", "anna@example.com"), "subject": "Frage", "text": ""}),
    ("a blank line and no body", FROM.encode() + b"\r\n", {"subject": "Frage", "text": ""}),
    ("no headers at all", b"Guten Tag,\r\n\r\nhier ist Anna.", {"text": "Guten Tag,\n\nhier ist Anna."}),
    ("a blank line first", b"\r\n" + built(""), {"from": ("Anna", "anna@example.com"), "text": "Hallo"}),
    ("a byte order mark first", b"\xef\xbb\xbf" + built(""), {"from": ("Anna", "anna@example.com"), "text": "Hallo"}),
    ("an mbox line first", b"From anna@example.com Mon Jan  1 10:00:00 2018\n" + built(""), {"from": ("Anna", "anna@example.com"), "text": "Hallo"}),
    ("a quoted mbox line first", b">From anna@example.com Mon Jan  1 10:00:00 2018\n" + built(""), {"from": ("Anna", "anna@example.com"), "text": "Hallo"}),
    ("carriage returns only", built("", "Hallo\nWelt").replace(b"\r\n", b"\r").replace(b"\n", b"\r"), {"subject": "Frage", "text": "Hallo\nWelt"}),
    ("line feeds only", built("", "Hallo\nWelt").replace(b"\r\n", b"\n"), {"subject": "Frage", "text": "Hallo\nWelt"}),
    ("line feed and carriage return mixed", built("").replace(b"Frage\r\n", b"Frage\n"), {"subject": "Frage", "text": "Hallo"}),
    ("a line without a colon", built("X-A: b\nX-Header without colon\nX-A: b"), {"subject": "Frage", "text": "Hallo"}),
    ("a blank before the colon", alone("From : anna@example.com\nSubject\t: Frage"), {"from": ("", "anna@example.com"), "subject": "Frage"}),
    ("a line of rubbish before", b"?????\r\n" + built(""), {"from": ("Anna", "anna@example.com"), "subject": "Frage", "text": "Hallo"}),
    ("lines without indentation", alone("Received: from a\nby b; Mon\nFrom: anna@example.com\nSubject: Frage"), {"from": ("", "anna@example.com"), "subject": "Frage", "text": "Hallo"}),
    ("two subjects", built("Subject: Zweiter"), {"subject": "Frage"}),
    ("an empty subject before a full one", alone("From: a@x.de\nSubject:\nSubject: Zweiter"), {"subject": "Zweiter"}),
    ("from only in capitals", alone("FROM: ANNA <ANNA@EXAMPLE.COM>\nSUBJECT: FRAGE"), {"from": ("ANNA", "ANNA@EXAMPLE.COM"), "subject": "FRAGE"}),
    ("a sender for a from", alone("Sender: Anna <anna@example.com>\nFrom: \nSubject: x"), {"from": ("Anna", "anna@example.com")}),
    ("a header of 100 kB", alone("From: a@x.de\nX-Long: " + "x" * 100_000 + "\nSubject: da"), {"subject": "da", "text": "Hallo"}),
    ("a NUL within", alone(b"From: a@x.de\nSubject: a\0b"), {"subject": "ab"}),
    ("escapes of resending", alone("Resent-From: r@x.de\nFrom: a@x.de\nSubject: x\nResent-To: z@x.de\nTo: b@x.de"), {"from": ("", "a@x.de"), "to": [("", "b@x.de")]}),
]
PNG = "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBORw=="
INNER = "From: Klara <k@x.de>\r\nSubject: Innen\r\n\r\nDrin"
BOTH = "--c\nContent-Type: text/plain\n\nHallo\n--c\nContent-Type: text/html\n\n<p>Hallo</p>\n--c--"
STRUCTURES: list[Case] = [
    ("preamble and epilogue are not read", parts("\nHallo").replace(b"--b1\r\n", b"Preamble\r\n--b1\r\n", 1) + b"Epilogue", {"text": "Hallo", "files": []}),
    ("no last delimiter", parts("\nHallo", PNG).replace(b"--b1--\r\n", b""), {"text": "Hallo", "files": [("a.png", "image/png", 4, False)]}),
    ("cut within a file", parts("\nHallo", PNG)[:-12], {"text": "Hallo"}),
    ("a delimiter that begins another", parts(f"Content-Type: multipart/alternative; boundary=b11\n\n{BOTH.replace('--c', '--b11')}", PNG), {"text": "Hallo", "html": "<p>Hallo</p>", "files": [("a.png", "image/png", 4, False)]}),
    ("the inner one begins the outer", parts(f"Content-Type: multipart/alternative; boundary=b\n\n{BOTH.replace('--c', '--b')}", PNG), {"text": "Hallo", "html": "<p>Hallo</p>", "files": [("a.png", "image/png", 4, False)]}),
    ("inner and outer the same", parts(f"Content-Type: multipart/alternative; boundary=b1\n\n{BOTH.replace('--c', '--b1')}"), {"text": "Hallo", "html": "<p>Hallo</p>", "files": []}),
    ("inner and outer the same, and a file after", parts(f"Content-Type: multipart/alternative; boundary=b1\n\n{BOTH.replace('--c', '--b1')}", PNG), {"text": "Hallo", "html": "<p>Hallo</p>", "files": [("a.png", "image/png", 4, False)]}),
    ("blanks behind the delimiters", parts("\nHallo", PNG).replace(b"--b1\r\n", b"--b1 \t\r\n"), {"text": "Hallo", "files": [("a.png", "image/png", 4, False)]}),
    ("a delimiter with blanks in it", parts("\nHallo", boundary="a b c"), {"text": "Hallo"}),
    ("a delimiter with equals signs and no quotes", built("Content-Type: multipart/mixed; boundary=----=_Part_1.2", b"------=_Part_1.2\r\n\r\nHallo\r\n------=_Part_1.2--"), {"text": "Hallo"}),
    ("a delimiter with a question mark", built("Content-Type: multipart/mixed; boundary=a?b", b"--a?b\r\n\r\nHallo\r\n--a?b--"), {"text": "Hallo"}),
    ("a delimiter in pieces", built("Content-Type: multipart/mixed; boundary*0=a; boundary*1=b", b"--ab\r\n\r\nHallo\r\n--ab--"), {"text": "Hallo"}),
    ("a delimiter on the next line", built('Content-Type: multipart/mixed;\n boundary="x"', b"--x\r\n\r\nHallo\r\n--x--"), {"text": "Hallo"}),
    ("a delimiter without indentation", built('Content-Type: multipart/mixed;\nboundary="x"', b"--x\r\n\r\nHallo\r\n--x--"), {"text": "Hallo"}),
    ("no delimiter declared", built("Content-Type: multipart/mixed", b"--x\r\nContent-Type: text/plain\r\n\r\nHallo\r\n--x--"), {"text": "Hallo"}),
    ("no type declared", built("MIME-Version: 1.0", b"--x\r\nContent-Type: text/plain\r\n\r\nHallo\r\n--x--\r\n"), {"text": "--x\nContent-Type: text/plain\n\nHallo\n--x--"}),
    ("a part without a blank line", built('Content-Type: multipart/mixed; boundary="x"', b"--x\r\nHallo\r\n--x--"), {"text": "Hallo"}),
    ("a part of nothing", parts("\nHallo", "", "\n"), {"text": "Hallo", "files": []}),
    ("an empty multipart", built('Content-Type: multipart/mixed; boundary="x"', b"--x--\r\n"), {"text": "", "files": []}),
    ("a multipart that is plain text after all", built('Content-Type: multipart/mixed; boundary="x"', "Hallo"), {"text": "Hallo"}),
    ("a type in two headers", parts("\nHallo").replace(b"MIME-Version", b"Content-Type: text/plain\r\nMIME-Version"), {"text": "Hallo"}),
    ("encoded as base64 as a whole", parts("\nHallo").replace(b"MIME-Version: 1.0", b"Content-Transfer-Encoding: base64"), {"text": "Hallo"}),
    ("two texts", parts("\nEins", "Content-Type: text/plain\n\nZwei"), {"text": "Eins\nZwei", "files": []}),
    ("a text between pictures", parts("\nEins", PNG, "\nZwei"), {"text": "Eins\nZwei", "files": [("a.png", "image/png", 4, False)]}),
    ("a text and then markup", parts("\nEins", "Content-Type: text/html\n\n<p>Zwei</p>"), {"text": "Eins\nZwei"}),
    ("a text that is a file", parts("\nEins", 'Content-Type: text/plain; name="a.txt"\nContent-Disposition: attachment; filename="a.txt"\n\nZwei'), {"text": "Eins", "files": [("a.txt", "text/plain", 4, False)]}),
    ("a text that is a file within", parts("\nEins", 'Content-Type: text/plain\nContent-Disposition: inline; filename="a.txt"\n\nZwei'), {"text": "Eins", "files": [("a.txt", "text/plain", 4, True)]}),
    ("a log without a name", parts("\nEins", "Content-Type: text/plain\nContent-Disposition: attachment\n\nZwei"), {"text": "Eins", "files": [("document.txt", "text/plain", 4, False)]}),
    ("markup as a file", parts("\nEins", "Content-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n<p>Zwei</p>"), {"text": "Eins", "html": None, "files": [("a.html", "text/html", 11, False)]}),
    ("markup only", built("Content-Type: text/html; charset=utf-8", "<p>Grüße</p><script>x</script>"), {"text": "Grüße"}),
    ("nothing but a file", built("Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64", b"JVBERg=="), {"text": "", "files": [("a.pdf", "application/pdf", 4, False)]}),
    ("nothing but a picture without a name", built("Content-Type: image/jpeg\nContent-Transfer-Encoding: base64", b"JVBERg=="), {"text": "", "files": [("image.jpg", "image/jpeg", 4, False)]}),
    ("alternatives with the markup first", parts("Content-Type: text/html\n\n<p>Hallo</p>", "\nHallo", kind="alternative"), {"text": "Hallo", "html": "<p>Hallo</p>"}),
    ("alternatives with an empty text", parts("\n", "Content-Type: text/html\n\n<p>Hallo</p>", kind="alternative"), {"text": "Hallo"}),
    ("alternatives with a calendar", parts("\nHallo", "Content-Type: text/html\n\n<p>Hallo</p>", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR", kind="alternative"),
     {"text": "Hallo", "files": [("text.ics", "text/calendar", 30, False)]}),
    ("alternatives with a file among them", parts("\nHallo", PNG, kind="alternative"), {"text": "Hallo", "files": [("a.png", "image/png", 4, False)]}),
    ("alternatives with rich text", parts("\nHallo", "Content-Type: text/enriched\n\n<bold>Hallo</bold>", kind="alternative"), {"text": "Hallo", "files": []}),
    ("alternatives with the pages of phones", parts("\nHallo", "Content-Type: text/x-amp-html\n\n<html amp4email>x</html>", "Content-Type: text/html\n\n<p>Hallo</p>", kind="alternative"), {"text": "Hallo", "html": "<p>Hallo</p>", "files": []}),
    ("pictures of a page", parts("Content-Type: text/html\n\n<img src=cid:p@x>Hi", PNG.replace("\n\n", "\nContent-ID: <p@x>\n\n"), kind="related"), {"text": "Hi", "files": [("a.png", "image/png", 4, True)]}),
    ("a page that names its start", parts(PNG.replace("\n\n", "\nContent-ID: <p@x>\n\n"), "Content-Type: text/html\nContent-ID: <s>\n\n<img src='cid:p@x'>Hi", kind="related", extra='; start="<s>"; type="text/html"'), {"text": "Hi", "files": [("a.png", "image/png", 4, True)]}),
    ("an id of a picture with escapes", parts("Content-Type: text/html\n\n<img src='cid:p%20q@x'>Hi", PNG.replace("\n\n", "\nContent-ID: <p q@x>\n\n"), kind="related"), {"files": [("a.png", "image/png", 4, True)]}),
    ("a picture by its place", parts("Content-Type: text/html\n\n<img src='bild.png'>Hi", "Content-Type: image/png\nContent-Location: bild.png\nContent-Transfer-Encoding: base64\n\niVBORw==", kind="related"), {"text": "Hi", "files": [("bild.png", "image/png", 4, True)]}),
    ("a kind of multipart nobody knows", parts("\nHallo", PNG, kind="x-unheard"), {"text": "Hallo", "files": [("a.png", "image/png", 4, False)]}),
    ("a picture in two parts of a Mac", parts("\nHallo", "Content-Type: multipart/appledouble; boundary=c\n\n--c\nContent-Type: application/applefile; name=\"%a.png\"\nContent-Transfer-Encoding: base64\n\nAAUWBw==\n--c\n" + PNG + "\n--c--"),
     {"text": "Hallo", "files": [("%a.png", "application/applefile", 4, False), ("a.png", "image/png", 4, False)]}),
    ("digest", parts(f"\n{INNER}", kind="digest"), {"files": [("Innen.eml", "message/rfc822", 47, False)], "text": "Drin"}),
    ("a mail within", parts("\nHallo", f"Content-Type: message/rfc822\n\n{INNER}".replace("\r", "")), {"text": "Hallo", "subject": "Frage", "files": [("Innen.eml", "message/rfc822", 44, False)]}),
    ("a mail within, with a name", parts("\nHallo", f"Content-Type: message/rfc822; name=alt.eml\nContent-Disposition: attachment\n\n{INNER}".replace("\r", "")), {"text": "Hallo", "files": [("alt.eml", "message/rfc822", 44, False)]}),
    ("a mail within in base64", parts("\nHallo", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(INNER.encode()).decode()), {"text": "Hallo", "files": [("Innen.eml", "message/rfc822", 44, False)]}),
    ("a mail within that holds our delimiter", parts("\nHallo", "Content-Type: message/rfc822\n\nSubject: Innen\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\n\nDrin\n--b2\n" + PNG + "\n--b2--"), {"text": "Hallo"}),
    ("a mail of a foreign alphabet within", parts("\nHallo", f"Content-Type: message/global\n\n{INNER}".replace("\r", "")), {"text": "Hallo", "files": [("Innen.eml", "message/global", 44, False)]}),
    ("part of a mail", built("Content-Type: message/partial; id=a; number=1; total=2", INNER.replace("\r", "")), {"files": [("message.bin", "message/partial", 44, False)]}),
    ("a file kept elsewhere", parts("\nHallo", "Content-Type: message/external-body; access-type=URL; URL=\"https://x.example/a.pdf\"\n\nContent-Type: application/pdf\n\n"), {"text": "Hallo"}),
    ("a report of delivery", parts("\nNicht zugestellt", "Content-Type: message/delivery-status\n\nAction: failed", "Content-Type: text/rfc822-headers\n\nSubject: Alt", kind="report", extra="; report-type=delivery-status"),
     {"text": "Nicht zugestellt", "files": [("delivery-status.txt", "message/delivery-status", 14, False), ("headers.txt", "text/rfc822-headers", 12, False)]}),
    ("signed in the open", parts("Content-Type: text/plain\n\nHallo", "Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\nMIAG", kind="signed"), {"text": "Hallo", "files": [("smime.p7s", "application/pkcs7-signature", 3, False)]}),
    ("signed with PGP", parts("Content-Type: text/plain\n\nHallo", "Content-Type: application/pgp-signature\n\n-----BEGIN PGP SIGNATURE-----", kind="signed"), {"text": "Hallo", "files": [("attachment.asc", "application/pgp-signature", 29, False)]}),
    ("encrypted with PGP", parts("Content-Type: application/pgp-encrypted\n\nVersion: 1", 'Content-Type: application/octet-stream; name="encrypted.asc"\n\n-----BEGIN PGP MESSAGE-----', kind="encrypted"),
     {"files": [("attachment.pgp", "application/pgp-encrypted", 10, False), ("encrypted.asc", "application/octet-stream", 27, False)]}),
    ("a file within the text", built("", b"Hallo\r\n\r\n" + UU + b"\r\nGru\xc3\x9f"), {"text": "Hallo\n\n\n\nGruß", "files": [("a.txt", "application/octet-stream", 5, False)]}),
    ("a file of yEnc within the text", built("", b"Hallo\r\n=ybegin line=128 size=5 name=a.txt\r\n" + bytes((each + 42) % 256 for each in b"hallo") + b"\r\n=yend size=5\r\nGru\xc3\x9f"), {"text": "Hallo\nGruß", "files": [("a.txt", "application/octet-stream", 5, False)]}),
    ("rich text", built("Content-Type: text/rtf", "{\\rtf1\\ansi\\ansicpg1252 Gr\\'fc\\'dfe}"), {"text": "Grüße", "files": [("text.rtf", "text/rtf", 36, False)]}),
    ("letters of a file at the limit", parts("\nHallo", "Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: quoted-printable\n\na;b=\n;c"), {"text": "Hallo", "files": [("a.csv", "text/csv", 5, False)]}),
    ("a file with an empty body and a name", parts("\nHallo", "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\n"), {"files": [("a.pdf", "application/pdf", 0, False)]}),
    ("parts thirty levels deep", built("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=d0", "".join(f"--d{n}\nContent-Type: multipart/mixed; boundary=d{n + 1}\n\n" for n in range(25)) + "--d25\n\nHallo\n--d25--\n"), {"text": "Hallo"}),
]
