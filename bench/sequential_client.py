#!/usr/bin/env python3
"""What a script of forty lines does: list, delete everything, upload, then one config call a domain, in a row.

usage: bench/sequential_client.py API SECRET_FILE PAIR_FOLDER DOMAIN...

For bench/run alone, against the sandbox: it deletes whatever the account stores.
"""

import hmac
import json
import sys
from hashlib import sha1
from pathlib import Path

import requests

api, secret_file, pair, *domains = sys.argv[1:]
secret = Path(secret_file).read_text().strip()
session = requests.Session()


def call(target, data=None):
    body = "" if data is None else json.dumps(data)
    signature = hmac.new(secret.encode(), f"{target}\n{body}".encode(), sha1).hexdigest()
    headers = {"Authorization": f"TOKEN sandbox:{signature}", "Content-Type": "application/json"}
    answer = session.post(api + target, data=body, headers=headers, timeout=30).json()
    if answer.get("code") != 200:
        sys.exit(f"{target}: {answer}")
    return answer.get("data")


for certificate in call("/cdn/cert/list.json")["certs"]:
    call("/cdn/cert/delete.json", {"id": certificate["id"]})
upload = {"note": "bench", "cert": Path(pair, "fullchain.pem").read_text(), "private": Path(pair, "privkey.pem").read_text()}
certificate_id = call("/cdn/cert/upload.json", upload)["id"]
for domain in domains:
    call(f"/cdn/domain/config.json?domain={domain}", {"cert_id": certificate_id})
