"""What oVirt's SDK makes of refusals: wrong passwords, expired tokens, a strange authority, faults."""

import os
import urllib.parse
import urllib.request
import ssl
import tempfile

import ovirtsdk4
import ovirtsdk4.types as types

from connection import connect, refusal

# A wrong password, and nobody.
for options in ({"password": "wrong"}, {"username": "nobody@internal"}):
    error = refusal(lambda: connect(**options).system_service().get())
    assert isinstance(error, ovirtsdk4.AuthError), error
    assert "Cannot authenticate user" in str(error), error

# Another authority is not trusted.
with tempfile.NamedTemporaryFile("w", suffix=".pem") as strange:
    # Certificates that Debian's own authorities have issued say nothing of this server.
    strange.write(open("/etc/ssl/certs/ca-certificates.crt").read())
    strange.flush()
    error = refusal(lambda: connect(ca_file=strange.name).system_service().get())
    assert "certificate" in str(error).lower() or "ssl" in str(error).lower(), error

# The authority is found where oVirt has it.
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
base = os.environ["URL"].removesuffix("/ovirt-engine/api")
resource = base + "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA"
with urllib.request.urlopen(resource, context=context) as reply:
    assert reply.read().decode() == open(os.environ["CA_FILE"]).read()

# A token that was taken back is replaced once by the SDK, which knows the password.
connection = connect()
system_service = connection.system_service()
vms_service = system_service.vms_service()
vm = vms_service.list()[0]
token = connection.authenticate()
form = urllib.parse.urlencode({"token": token, "scope": "ovirt-app-api"}).encode()
trusted = ssl.create_default_context(cafile=os.environ["CA_FILE"])
logout = urllib.request.Request(base + "/ovirt-engine/services/sso-logout", form)
assert urllib.request.urlopen(logout, context=trusted).read() == b"{}"
assert vms_service.list()[0].id == vm.id

# Who has only a token gets an error then.
error = refusal(
    lambda: ovirtsdk4.Connection(
        url=os.environ["URL"], token=token, ca_file=os.environ["CA_FILE"]
    ).system_service().get()
)
assert isinstance(error, ovirtsdk4.AuthError), error

# Faults have their codes and texts.
snapshots = vms_service.vm_service(vm.id).snapshots_service().list()
snapshot = next(s for s in snapshots if s.description == "mysnap")


def clone(name, **others):
    values = {
        "name": name,
        "cluster": types.Cluster(name="Default"),
        "snapshots": [types.Snapshot(id=snapshot.id)],
    }
    return vms_service.add(types.Vm(**{**values, **others}))


for wish, code, text in (
    (lambda: clone("myvm"), 409, "The VM name is already in use"),
    (lambda: clone("a b"), 400, "The given name contains"),
    (lambda: clone("x" * 65), 400, "The given name is too long."),
    (lambda: clone("x", snapshots=[types.Snapshot(id="none")]), 404, "Entity not found"),
    (lambda: clone("x", cluster=types.Cluster(name="none")), 400, "Cluster doesn't exist"),
    (lambda: clone(None), 400, "Vm [name] required for add"),
    (lambda: vms_service.list(search="nofield=1"), 400, "nofield"),
    (lambda: vms_service.vm_service(vm.id).start(), 409, "hypervisor"),
):
    error = refusal(wish)
    assert error.code == code and text in str(error), (code, text, str(error))
assert isinstance(refusal(lambda: vms_service.vm_service("none").get()), ovirtsdk4.NotFoundError)
connection.close()
