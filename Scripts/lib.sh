# Shared by the scripts in this folder; read with `source`, never run.
#
# shellcheck shell=bash

# What a bare Debian 12 lacks for an unpacked Swift toolchain to run, compile and link.
swift_packages=(
    binutils ca-certificates g++ git libcurl4 libncurses6 libsqlite3-0 libxml2 pkg-config
)
# What this package links, the other implementation that its results are compared with, a machine
# that runs beside it, file systems whose files can share blocks, and what people run VMs with.
clone_image_packages=(
    zlib1g-dev libzstd-dev libdeflate-dev libisal-dev libsqlite3-dev qemu-utils qemu-system-x86 xfsprogs btrfs-progs
    libvirt-dev libvirt-clients libvirt-daemon libvirt-daemon-driver-qemu procps
)
# Clients that the server is tested with are written in Python, one of their modules is compiled; and a
# browser with letters to show.
client_packages=(python3-venv python3-dev libxml2-dev openssl curl chromium fonts-dejavu-core)

bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
fi

# heading TEXT: names the step that begins.
heading() {
    printf '\n%s==> %s%s\n' "$bold" "$1" "$plain"
}

# fail TEXT...: one line on standard error, and the end.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# missing_packages NAME...: those of the names that no installed package bears or provides.
missing_packages() {
    local have name
    have=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | tr ',\n' '  ')
    for name in "$@"; do
        [[ " $have " == *" $name "* ]] || printf '%s\n' "$name"
    done
}

# as_root COMMAND...: runs it as root, through sudo where that is needed.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "root is needed for: $*"
    fi
}

# install_packages NAME...: installs what is missing. Touches nothing when nothing is.
install_packages() {
    command -v dpkg-query >/dev/null ||
        fail "this system has no dpkg; install by other means what stands for: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    heading "Installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# require_swift: a Swift toolchain is the one thing that is not installed from here.
require_swift() {
    command -v swift >/dev/null ||
        fail 'no `swift` on PATH; install Swift 6.2 or newer and put its usr/bin on PATH'
}

# prepare: everything a build needs is there when this returns.
prepare() {
    require_swift
    install_packages "${swift_packages[@]}" "${clone_image_packages[@]}"
}

# prepare_python: the clients that tests drive the server with are in .build/python when this returns.
prepare_python() {
    install_packages "${client_packages[@]}"
    local wanted=Tests/requirements.txt made=.build/python/requirements.txt
    ! cmp --silent "$wanted" "$made" || return 0
    heading 'Installing the Python clients of the tests'
    # Debian's own: others on PATH may lack what is needed to compile a module.
    /usr/bin/python3 -m venv --clear .build/python
    .build/python/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$made"
}

# build_release [PRODUCT]: builds a program as users get it, into .build/release; clone-image unless
# another is named.
#
# The Swift and C++ libraries become a part of it, what must be relocated at the start is packed, and
# constants share a mapping with the code, which saves a tenth: it starts in less time than qemu-img.
# The codecs stay the system's.
build_release() {
    local product=${1:-clone-image} archives=$PWD/.build/archives
    local program=.build/release/$product
    mkdir -p "$archives"
    ln -sf "$(g++ -print-file-name=libstdc++.a)" "$archives/"
    swift build -c release --product "$product" --static-swift-stdlib --disable-local-rpath \
        -Xswiftc -use-ld=lld -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-rosegment \
        -Xswiftc "-L$archives" -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
    # An installed program is a copy. What the linker wrote lies in the page cache in small pieces and
    # takes a fifth longer to start.
    cp "$program" "$program.copy"
    mv "$program.copy" "$program"
}

# build_micro: builds what measures single functions, a package of its own.
build_micro() {
    swift build -c release --package-path Benchmarks/Micro --scratch-path .build-micro
}
