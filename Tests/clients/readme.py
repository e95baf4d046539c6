"""Runs the example of the README as it stands there, with this server's address, VM and names."""

import os
import re
from pathlib import Path

text = Path(__file__).parents[2].joinpath("README.md").read_text()
example = next(code for code in re.findall(r"```python\n(.*?)```", text, re.S) if "ovirtsdk4" in code)
for written, meant in (
    ("https://127.0.0.1:8443/ovirt-engine/api", os.environ["URL"]),
    ("ca.pem", os.environ["CA_FILE"]),
    ("name=web", "name=myvm"),
):
    assert written in example, written
    example = example.replace(written, meant)
names = {"password": os.environ["PASSWORD"]}
exec(example, names)
assert [vm.name for vm in names["vms"].list(search="name=web2")] == ["web2"]
