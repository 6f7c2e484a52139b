"""Bodies that are not what they are sent as: other charsets, other types, bombs, halves."""

import gzip
import io
import zipfile
import zlib

from tests.hostile.article import page

CHINESE = "桥有了名字，居民们投票选出了它。" * 3
JAPANESE = "橋の名前は住民の投票で決まりました。開通は来年の春になる予定です。" * 3
MEGABYTE = 1_000_000


def chinese_page() -> str:
    return page(within=f"<p>{CHINESE}</p>")


def japanese_page() -> str:
    return page(within=f"<p>{JAPANESE}</p>")


def utf_7() -> bytes:
    return page(within="<p>+ADw-script+AD4-alert(1)+ADw-/script+AD4- stays as it is.</p>").encode()


def utf_7_stated() -> bytes:
    return page(head="<meta charset=utf-7>", within="<p>+ADw-script+AD4- stays as it is.</p>").encode()


def utf_16_le() -> bytes:
    return chinese_page().encode("utf-16-le")


def utf_16_be() -> bytes:
    return chinese_page().encode("utf-16-be")


def utf_32_le() -> bytes:
    return chinese_page().encode("utf-32-le")


def utf_32_be() -> bytes:
    return chinese_page().encode("utf-32-be")


def odd_utf_16() -> bytes:
    return chinese_page().encode("utf-16-le")[:-1]


def iso_2022_jp() -> bytes:
    return japanese_page().encode("iso-2022-jp")


def iso_2022_jp_stated() -> bytes:
    return japanese_page().replace("<title>", "<meta charset=iso-2022-jp><title>").encode("iso-2022-jp")


def gbk_as_utf_8() -> bytes:
    return chinese_page().replace("<title>", "<meta charset=utf-8><title>").encode("gbk")


def latin_as_utf_8() -> bytes:
    words = "<p>Die Fähre über den Fluß fährt für niemanden mehr, das Gerät ist müde und überholt.</p>"
    return page(head="<meta charset=utf-8>", within=words).encode("windows-1252")


def utf_8_cut_within_a_character() -> bytes:
    return page(after=f"<p>{CHINESE}").encode()[:-10]


def mixed_charsets() -> bytes:
    return page(within="<p>@</p>").encode().replace(b"@", CHINESE.encode() + CHINESE.encode("gbk") + b"\xff\xfe")


def nothing_readable() -> bytes:
    noise = bytes(byte for number in range(40_000) for byte in (number * 7919 % 128 + 128, number * 104_729 % 96 + 32))
    return b"<html><body><p>" + noise + b"</p></body></html>"


def nuls_within() -> bytes:
    return page(within="<p>A word\0 with NULs\0\0 in it.</p>").encode()


def a_megabyte_of_nuls() -> bytes:
    return b"\0" * MEGABYTE


def nul_between_all() -> bytes:
    return page(within="<p>" + "\0".join("between all letters") + "</p>").encode()


def lone_surrogates() -> bytes:
    return page(within="<p>A surrogate @ and another &#xD800; alone.</p>").encode().replace(b"@", b"\xed\xa0\x80")


def plaintext() -> bytes:
    return page(within="<plaintext>").encode()


def example_element() -> bytes:
    return page(within="<xmp><p>Markup as an example.</p></xmp>").encode()


def character_data() -> bytes:
    return page(within="<![CDATA[<p>within a section</p>]]><p>]]&gt; behind a section.</p>").encode()


def frameset() -> bytes:
    return (
        b"<html><head><title>Frames</title></head><frameset cols=*>"
        + b"<frame src=/a>" * 50_000
        + b"</frameset></html>"
    )


def empty() -> bytes:
    return b""


def blanks() -> bytes:
    return b" \n\t" * 100_000


def portable_document() -> bytes:
    stream = zlib.compress(page().encode() * 50)
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Length 9 >>\nstream\n" + stream + b"\nendstream\n%%EOF\n"


def picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + zlib.compress(bytes(range(256)) * 2_000, 0)


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + zlib.compress(bytes(range(256)) * 2_000, 9) * 40


def film() -> bytes:
    return b"\0\0\0\x20ftypisom" + zlib.compress(bytes(range(256)) * 2_000, 9) * 40


def programme() -> bytes:
    return b"\x7fELF\x02\x01\x01\0" + zlib.compress(bytes(range(256)) * 900, 9) * 90


def noise() -> bytes:
    return b"".join((number * 2_654_435_761 % 2**32).to_bytes(4, "little") for number in range(50_000))


def gzipped_page() -> bytes:
    return gzip.compress(page().encode(), mtime=0)


def truncated_gzip() -> bytes:
    return gzipped_page()[:-200]


def hardly_begun_gzip() -> bytes:
    return gzipped_page()[:14]


def gzip_bomb() -> bytes:
    """A thousand to one: after the page a gigabyte of blanks, as one block of a megabyte that comes again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    beginning = packer.compress(page().encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    return beginning + (packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)) * 1_000


def bomb_of_many_members() -> bytes:
    return gzipped_page() + gzip.compress(b" " * MEGABYTE, mtime=0) * 1_000


def gzip_within_gzip() -> bytes:
    return gzip.compress(gzipped_page(), mtime=0)


def zipped_page() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("page.html"), page() * 20, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("page.html"), b" " * (30 * MEGABYTE), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def json() -> bytes:
    return b'{"error": "not a page", "items": [' + b"1," * 10_000 + b"1]}"


def feed_as_page() -> bytes:
    item = b"<item><title>A story</title><link>https://news.example/a</link></item>"
    return b'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>' + item * 5_000 + b"</channel></rss>"
