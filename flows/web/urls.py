"""Addresses: which site one belongs to, one spelling for each, and the address behind a proxy.

All functions are total: a string that is no address comes back as harmless as it went in. Addresses are taken
apart by the regular expression of RFC 3986, appendix B, because `urllib.parse` refuses some that pages contain.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from string import ascii_letters, digits
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin

from publicsuffixlist import PublicSuffixList

PARTS = re.compile(r"(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
WEB_SCHEMES = ("http", "https")
# An address that `urljoin` gives back as it is, whatever page it stands on. Most are such, and joining takes ten times
# as long.
WHOLE_ADDRESS = re.compile(
    r"https?://[a-zA-Z0-9.-]+(?::[0-9]+)?(?:/[^\s\x00-\x1f\x7f;?#\[\]\\]*)?(?:\?[^\s\x00-\x1f\x7f;#\[\]\\]+)?"
)
# An address from the root of a site: unless there are dots to resolve (`/.`), joining puts it behind the site's own.
ROOT_ADDRESS = re.compile(r"/(?!/)[^\s\x00-\x1f\x7f;?#\[\]\\]*(?:\?[^\s\x00-\x1f\x7f;#\[\]\\]+)?")
# What is written otherwise (a user, capitals, other scripts) is left to `urljoin`.
SITE_ROOT = re.compile(r"(https?://[a-zA-Z0-9.-]+(?::[0-9]+)?)(?:[/?#]|\Z)")
# Browsers drop these wherever they stand in an address (URL standard, "remove all ASCII tab or newline").
DROPPED = re.compile("[\t\n\r\x00-\x1f\x7f\u200b\ufeff]")
CREDENTIALS = re.compile(r"(?:(?<=//)|(?<!\S))[^/?#\s]*@")
"""A user and a password, up to the `@`, in an address or in lines of them; some write addresses without a scheme."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

UNRESERVED = frozenset(ascii_letters + digits + "-._~")
RESERVED = frozenset("!$&'()*+,;=:@/?")

# Parameters that tell the publisher where a reader came from; the page is the same without them.
TRACKING = re.compile(
    r"""utm_\w* | mtm_\w* | vero_\w* | oly_\w* | ga_\w* | hsa_\w* | itm_\w* | pk_(?:campaign|kwd|source|medium)
    | at_(?:medium|campaign|custom\w*|link\w*|ptr\w*|bbc\w*|format) | ns_(?:mchannel|source|campaign|linkname|fee)
    | [gdmy]clid | fbclid | msclkid | twclid | ttclid | igshid? | gbraid | wbraid | gclsrc | s_kwcid | mc_[ce]id
    | xtor | maca | ocid | smid | smtyp | cmpid | cmp | ito | ncid | soc_src | soc_trk | ref_src | ref_url | spm
    | wt_?z?mc | _ga""",
    re.VERBOSE | re.IGNORECASE,
)

# Host of an image proxy or resizer -> the parameter that holds the picture's own address.
PROXY_PARAMETERS = {
    "images.weserv.nl": "url",
    "wsrv.nl": "url",
    "external-content.duckduckgo.com": "u",
    "images.duckduckgo.com": "u",
    "external-preview.redd.it": "url",
}
PROXY_PATHS = ("/_next/image", "/_ipx", "/_image")
# Proxies that put the picture's host and path behind their own host (WordPress Photon).
PREFIX_PROXIES = re.compile(r"i\d\.wp\.com")
PROXY_OPTIONS = re.compile(
    r"(?:&(?:amp;)?(?:w|h|q|fit|output|dpr|we|il|n|a|t|maxage|default|errorredirect|bg|af|sharp)(?:=[^&/]*)?)+$"
)
NESTED_ADDRESS = re.compile(r".*/(https?:/{1,2}[^/?#]+[./].*)", re.IGNORECASE | re.DOTALL)

# Read when this is imported (0.2 s): whatever reads or transforms pages needs it with the first of them.
PUBLIC_SUFFIXES = PublicSuffixList()


class Parts(NamedTuple):
    """An address taken apart; an absent part is None, which differs from an empty one."""

    scheme: str | None
    authority: str | None
    path: str
    query: str | None


def host_of(url: str) -> str:
    """The host, in lower case and without port and user; '' for an address that has none."""
    return _split_authority(split_url(url).authority or "")[0]


@lru_cache(maxsize=4096)
def _registrable_domain(host: str) -> str:
    if _is_ip_address(host):
        return host
    return PUBLIC_SUFFIXES.privatesuffix(host) or host


def site_of(url: str) -> str:
    """The registrable domain of an address; the host where there is none; '' for no host."""
    host = host_of(url)
    return _registrable_domain(host) if host else ""


def split_url(url: str) -> Parts:
    """The parts of an address without its fragment; blanks around it and control characters are ignored."""
    match = PARTS.fullmatch(DROPPED.sub("", url).strip())
    scheme, authority, path, query = match.groups() if match else (None, None, url, None)
    return Parts(scheme and scheme.lower(), authority, path, query)


@lru_cache(maxsize=8192)
def normalize_url(url: str) -> str:
    """The one spelling of a web address by which documents are told apart.

    `http` becomes `https` (publishers moved, the article stayed), host in lower case and punycode, no default port,
    user, fragment or tracking parameter, single slashes, no dot segments, one form of percent-encoding.
    What is no web address (mailto:, a relative path) comes back stripped.
    """
    parts = split_url(url)
    if parts.authority is None or parts.scheme not in (None, *WEB_SCHEMES) or not parts.authority:
        return LONE_SURROGATE.sub("\ufffd", DROPPED.sub("", url).strip())
    host, port = _split_authority(parts.authority)
    netloc = host if port in ("", "80", "443") else f"{host}:{port}"
    query = _without_tracking(_percent_normal(parts.query or ""))
    return f"https://{netloc}{_normal_path(parts.path)}" + (f"?{query}" if query else "")


def absolute_url(base: str, url: str) -> str | None:
    """The address that a page at `base` means by `url`; None where it leads to no web page (javascript:, data:, #…)."""
    target = DROPPED.sub("", url).strip()
    if WHOLE_ADDRESS.fullmatch(target):
        return target
    if not target or target.startswith("#"):
        return None
    if ROOT_ADDRESS.fullmatch(target) and "/." not in target and (root := SITE_ROOT.match(base)):
        return root[1] + target
    try:
        joined = urljoin(base, target)
    except ValueError:
        return None
    parts = split_url(joined)
    return joined if parts.scheme in WEB_SCHEMES and parts.authority else None


def link_url(base: str, url: str) -> str | None:
    """The address to ask for where a listing at `base` says `url`; None where that is no web page.

    As `request_url`, and without tracking parameters, so that one article through two campaigns is one link.
    """
    asked = request_url(base, url)
    if asked is None or "?" not in asked:
        return asked
    address, _, query = asked.partition("?")
    kept = _without_tracking(query)
    return f"{address}?{kept}" if kept else address


def request_url(base: str, url: str) -> str | None:
    """The address that `url` means at `base`, as it can be asked for; None where that is no web address.

    Scheme, path and query stay as they were given, but for characters that must be encoded; user, fragment and the
    scheme's own port are dropped.
    """
    joined = absolute_url(base, url)
    if joined is None:
        return None
    parts = split_url(joined)
    host, port = _split_authority(parts.authority or "")
    if not host or (port and not port.isdigit()):
        return None
    netloc = host if port in ("", {"http": "80", "https": "443"}[parts.scheme or ""]) else f"{host}:{port}"
    path = _in_ascii(parts.path) or "/"
    return f"{parts.scheme}://{netloc}{path}" + (f"?{_in_ascii(parts.query)}" if parts.query else "")


def has_credentials(url: str) -> bool:
    """Whether an address carries a user or a password."""
    return "@" in (split_url(url).authority or "")


def holds_credentials(text: str) -> bool:
    """Whether any of these lines is an address that carries a user or a password."""
    return any(has_credentials(line) or CREDENTIALS.search(line) for line in re.split(r"[\r\n]", text))


def unproxy_image_url(url: str) -> str:
    """The picture's own address behind image proxies and nested resizers; any other address as it is."""
    current = DROPPED.sub("", url).strip()
    # Proxies stand in front of resizers; five is more than was ever seen nested, and bounds the work.
    for _ in range(5):
        target = _proxied_target(current)
        if target is None or target == current:
            break
        current = target
    return current


def _proxied_target(url: str) -> str | None:
    """What one layer of proxy or resizer points at, or None where the address is a picture's own."""
    parts = split_url(url)
    host = _split_authority(parts.authority or "")[0]
    parameter = PROXY_PARAMETERS.get(host) or ("url" if parts.path.startswith(PROXY_PATHS) else None)
    if parameter:
        return _with_scheme(_parameter_address(parts.query or "", parameter))
    if PREFIX_PROXIES.fullmatch(host):
        return _with_scheme(parts.path.lstrip("/"))
    is_nested = parts.authority and "/http" in url.lower()
    nested = NESTED_ADDRESS.fullmatch(_path_and_query(parts)) if is_nested else None
    return _with_scheme(nested[1]) if nested else None


def _parameter_address(query: str, name: str) -> str:
    """The address in a proxy's parameter: encoded, or pasted in as it was with its own `?` and `&`."""
    match = re.search(rf"(?:^|&){name}=(.*)", query, re.DOTALL)
    if not match:
        return ""
    value = match[1]
    if "/" in value.partition("&")[0]:
        return PROXY_OPTIONS.sub("", value)
    return unquote(value.partition("&")[0])


def _with_scheme(target: str) -> str | None:
    """A web address from a target that may lack its scheme or one of its slashes; None for what names no host."""
    bare = re.sub(r"^(?:ssl:|https?:/{0,2}|//)", "", target, flags=re.IGNORECASE)
    scheme = "http" if target.lower().startswith("http:") else "https"
    return f"{scheme}://{bare}" if "." in bare.partition("/")[0] else None


def _path_and_query(parts: Parts) -> str:
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _split_authority(authority: str) -> tuple[str, str]:
    """Host (lower case, punycode) and port of an authority; the user before `@` is dropped."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*):?(.*)", authority.rpartition("@")[2], re.DOTALL)
    host, port = match.groups() if match else (authority, "")
    return _normal_host(host), port.strip()


def _normal_host(host: str) -> str:
    lowered = host.strip().lower().rstrip(".")
    if not lowered.isascii():
        try:
            lowered = lowered.encode("idna").decode("ascii")
        except UnicodeError:
            lowered = quote(LONE_SURROGATE.sub("\ufffd", lowered), safe="")
    return lowered.replace(" ", "")


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _normal_path(path: str) -> str:
    # A slash run after a colon is the scheme of an address inside the path (web archives, resizers): it stays.
    single = re.sub(r"(?<!:)/{2,}", "/", _percent_normal(path.replace("\\", "/")))
    kept: list[str] = []
    segments = single.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept).lstrip("/")


def _percent_normal(text: str) -> str:
    """One form of percent-encoding: unreserved characters bare, all others encoded with upper-case digits."""
    return re.sub(r"%[0-9a-fA-F]{2}|.", _percent_token, LONE_SURROGATE.sub("\ufffd", text), flags=re.DOTALL)


def _percent_token(match: re.Match[str]) -> str:
    written = match[0]
    if len(written) == 1:
        # Reserved characters keep their meaning; everything else that is not unreserved is encoded.
        return written if written in UNRESERVED or written in RESERVED else quote(written, safe="")
    character = chr(int(written[1:], 16))
    return character if character in UNRESERVED else written.upper()


def _in_ascii(text: str) -> str:
    """Blanks and characters outside ASCII percent-encoded; what is encoded already stays as it is."""
    return re.sub(r"[^!-~]", lambda odd: quote(odd[0], safe="", errors="replace"), text)


def _without_tracking(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not TRACKING.fullmatch(pair.partition("=")[0])]
    return "&".join(kept)
