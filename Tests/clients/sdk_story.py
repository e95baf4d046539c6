"""Clones a VM from a snapshot by oVirt's SDK, as its examples do, and looks at what comes of it."""

import time

import ovirtsdk4.types as types

from connection import connect


def wait_until_down(vm_service):
    """Polls a VM until its disks are complete."""
    for _ in range(300):
        if vm_service.get().status == types.VmStatus.DOWN:
            return
        time.sleep(0.2)
    raise AssertionError("the VM stays locked")


connection = connect()
assert connection.test(raise_exception=True)
system_service = connection.system_service()

api = system_service.get()
assert api.product_info.version.major == 4, api.product_info.version.major
assert api.summary.vms.total == 1 and api.summary.hosts.active == 1
assert api.summary.storage_domains.total == 2

# The VM and its snapshot are found as in clone_vm_from_snapshot.py.
vms_service = system_service.vms_service()
vm = vms_service.list(search="name=myvm")[0]
assert vm.status == types.VmStatus.DOWN and vm.memory == 1 << 30
snapshots_service = vms_service.vm_service(vm.id).snapshots_service()
snapshots = snapshots_service.list()
assert [s.description for s in snapshots if s.snapshot_type == types.SnapshotType.ACTIVE] == [
    "Active VM"
]
snapshot = next(s for s in snapshots if s.description == "mysnap")
assert snapshot.snapshot_status == types.SnapshotStatus.OK and snapshot.date

# A plain clone.
clone = vms_service.add(
    types.Vm(
        name="myclonedvm",
        snapshots=[types.Snapshot(id=snapshot.id)],
        cluster=types.Cluster(name="Default"),
    ),
    query={"correlation_id": "story-1"},
)
assert clone.name == "myclonedvm"
clone_service = vms_service.vm_service(clone.id)
wait_until_down(clone_service)
jobs = system_service.jobs_service().list(search="correlation_id=story-1")
assert [job.status for job in jobs] == [types.JobStatus.FINISHED], jobs
steps = connection.follow_link(jobs[0].steps)
assert len(steps) == 2 and all(step.progress == 100 for step in steps)

# Its disks, followed one by one, and all at once.
attachments = clone_service.disk_attachments_service().list()
disks = [connection.follow_link(attachment.disk) for attachment in attachments]
assert sorted(disk.alias for disk in disks) == ["data_myclonedvm", "system_myclonedvm"]
assert all(disk.status == types.DiskStatus.OK and disk.storage_domains for disk in disks)
followed = clone_service.get(follow="disk_attachments.disk,nics,cluster")
assert sorted(a.disk.alias for a in followed.disk_attachments) == [
    "data_myclonedvm",
    "system_myclonedvm",
]
assert followed.cluster.name == "Default"
assert followed.nics[0].mac.address != vms_service.vm_service(vm.id).nics_service().list()[0].mac.address

# A clone with mapped disks: by image id, by disk id, and with an alias of its own.
snapshot_disks = {
    disk.alias: disk for disk in snapshots_service.snapshot_service(snapshot.id).disks_service().list()
}
domains = {d.name: d for d in system_service.storage_domains_service().list()}
assert domains["archive"].status == types.StorageDomainStatus.ACTIVE
assert domains["archive"].available > 0 and domains["archive"].type == types.StorageDomainType.DATA
archive = [types.StorageDomain(id=domains["archive"].id)]
mapped = vms_service.add(
    types.Vm(
        name="mapped",
        description="cloned with mapped disks",
        memory=2 << 30,
        snapshots=[types.Snapshot(id=snapshot.id)],
        cluster=types.Cluster(name="Default"),
        disk_attachments=[
            types.DiskAttachment(
                disk=types.Disk(
                    image_id=snapshot_disks["system"].image_id,
                    format=types.DiskFormat.RAW,
                    sparse=True,
                    alias="root-of-mapped",
                    storage_domains=archive,
                )
            ),
            types.DiskAttachment(
                interface=types.DiskInterface.VIRTIO_SCSI,
                disk=types.Disk(
                    id=snapshot_disks["data"].id,
                    format=types.DiskFormat.COW,
                    sparse=True,
                    storage_domains=archive,
                ),
            ),
        ],
    )
)
mapped_service = vms_service.vm_service(mapped.id)
wait_until_down(mapped_service)
assert mapped_service.get().memory == 2 << 30
by_alias = {}
for attachment in mapped_service.disk_attachments_service().list():
    disk = connection.follow_link(attachment.disk)
    by_alias[disk.alias] = (disk.format, disk.storage_domains[0].id, attachment.interface)
assert by_alias == {
    "root-of-mapped": (types.DiskFormat.RAW, archive[0].id, types.DiskInterface.VIRTIO),
    "data_mapped": (types.DiskFormat.COW, archive[0].id, types.DiskInterface.VIRTIO_SCSI),
}, by_alias

# A snapshot is added, and removed again.
added = snapshots_service.add(types.Snapshot(description="My snapshot"))
assert added.description == "My snapshot"
snapshots_service.snapshot_service(added.id).remove()
for _ in range(100):
    if all(s.id != added.id for s in snapshots_service.list()):
        break
    time.sleep(0.2)
else:
    raise AssertionError("the snapshot stays")

# Searches as clients send them.
assert len(vms_service.list(search="name=my*")) == 2
assert len(vms_service.list(search='name="mapped"')) == 1
assert len(vms_service.list(search="name=MYVM", case_sensitive=False)) == 1
assert len(vms_service.list(search="name=MYVM", case_sensitive=True)) == 0
assert len(vms_service.list(search="name!=myvm and status=down sortby name desc", max=1)) == 1
pages = []
while True:
    page = vms_service.list(search="page %d" % (len(pages) + 1), max=1)
    if not page:
        break
    pages.append(page[0].name)
assert sorted(pages) == ["mapped", "myclonedvm", "myvm"], pages

# Events, with the texts that oVirt has.
events = system_service.events_service().list(search="correlation_id=story-1")
texts = [event.description for event in events]
assert "VM myclonedvm creation has been completed." in texts, texts
assert "VM myclonedvm creation was initiated by admin@internal." in texts, texts
assert [e.code for e in events if "completed" in e.description] == [53]
later = system_service.events_service().list(from_=int(events[-1].id), max=2)
assert len(later) == 2 and int(later[0].id) > int(events[-1].id)

# What the asynchronous inventory asks for.
for service in (
    system_service.data_centers_service(),
    system_service.clusters_service(),
    system_service.networks_service(),
    system_service.hosts_service(),
    system_service.templates_service(),
    system_service.users_service(),
    system_service.tags_service(),
    system_service.roles_service(),
    system_service.vnic_profiles_service(),
):
    assert service.list(), service
for name in ("nics", "reported_devices", "numa_nodes", "cdroms", "applications", "tags"):
    getattr(clone_service, name + "_service")().list()
clone_service.permissions_service().list()
assert system_service.permissions_service().list()

# A disk that no VM has is made, attached, plugged and detached; a card comes and goes.
spare = system_service.disks_service().add(
    types.Disk(
        name="spare",
        provisioned_size=1 << 20,
        format=types.DiskFormat.RAW,
        storage_domains=[types.StorageDomain(name="archive")],
    )
)
spare_service = system_service.disks_service().disk_service(spare.id)
assert spare_service.get().status == types.DiskStatus.OK
clone_disks_service = clone_service.disk_attachments_service()
attachment = clone_disks_service.add(
    types.DiskAttachment(disk=spare, interface=types.DiskInterface.VIRTIO, bootable=False)
)
attachment_service = clone_disks_service.attachment_service(attachment.id)
attachment_service.update(types.DiskAttachment(active=True))
assert attachment_service.get().active
attachment_service.remove(detach_only=True)
spare_service.remove()
nics_service = clone_service.nics_service()
profile = system_service.vnic_profiles_service().list()[0]
nic = nics_service.add(types.Nic(name="nic2", vnic_profile=types.VnicProfile(id=profile.id)))
nics_service.nic_service(nic.id).remove()
assert [nic.name for nic in nics_service.list()] == ["nic1"]

# A VM's present state is cloned, and several requests are made at once.
clone_service.clone(vm=types.Vm(name="twin"))
requests = [vms_service.vm_service(vm.id).get(wait=False) for vm in vms_service.list()]
names = sorted(request.wait().name for request in requests)
assert names == ["mapped", "myclonedvm", "myvm", "twin"], names
vms_service.vm_service(vms_service.list(search="name=twin")[0].id).remove()

# All that was made goes.
for service in (clone_service, mapped_service):
    service.remove()
assert [vm.name for vm in vms_service.list()] == ["myvm"]
assert {d.alias for d in system_service.disks_service().list()} == {"data", "system"}
connection.close()
