"""A browser for plain forms: opens a page, fills in what it is asked, presses the button that says yes."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx2


class Forms(HTMLParser):
    """The forms of a page, each with its fields as the server filled them in."""

    def __init__(self, page):
        super().__init__()
        self.forms = []
        self.button = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes.get("action") or "", "method": attributes.get("method") or "get",
                               "fields": {}, "types": {}, "buttons": []})
        elif self.forms and tag == "input" and attributes.get("type") not in ("submit", "button"):
            if attributes.get("name"):
                self.forms[-1]["fields"][attributes["name"]] = attributes.get("value") or ""
                self.forms[-1]["types"][attributes["name"]] = attributes.get("type") or "text"
        elif self.forms and (tag == "button" or tag == "input"):
            self.button = {"name": attributes.get("name"), "value": attributes.get("value") or "",
                           "text": attributes.get("value") or ""}
            self.forms[-1]["buttons"].append(self.button)

    def handle_endtag(self, tag):
        if tag == "button":
            self.button = None

    def handle_data(self, text):
        if self.button is not None:
            self.button["text"] += text


def approve(url, *, username, password, code):
    """Does at `url` what a person does: logs in if asked, enters the code if asked, approves."""
    said = []
    with httpx2.Client(trust_env=False, follow_redirects=True, timeout=30) as client:
        page = client.get(url)
        for _ in range(4):
            said.append(f"{page.request.method} {page.url} -> {page.status_code}\n{page.text}")
            assert page.status_code < 400, "\n".join(said)
            form = next((form for form in Forms(page.text).forms if form["method"].lower() == "post"), None)
            if form is None:
                return page.text
            fields = dict(form["fields"])
            for name, kind in form["types"].items():
                if kind == "password":
                    fields[name] = password
                elif "code" in name:
                    fields[name] = fields[name] or code
                elif kind in ("text", "email") and not fields[name]:
                    fields[name] = username
            no = ("deny", "cancel", "reject", "no")
            yes = next((button for button in form["buttons"] if not any(
                word in (button["text"] + button["value"]).lower() for word in no)), None)
            if yes and yes["name"]:
                fields[yes["name"]] = yes["value"]
            target = urljoin(str(page.url), form["action"])
            origin = f"{page.url.scheme}://{page.url.netloc.decode()}"
            page = client.post(target, data=fields, headers={"Origin": origin, "Referer": str(page.url)})
    raise AssertionError("the forms never end:\n" + "\n".join(said))
