#!/usr/bin/env bash
# Runs `two_hosts` in three network namespaces: two hosts, and the program that uses them. A pair of
# virtual network cards connects each host, and QUIC with mutual TLS protects the traffic. Needs `ip`,
# `unshare`, `nsenter` and `openssl`, and no privileges where user namespaces are allowed.
#
# Run it: `examples/two_hosts/namespaces.sh PROGRAM`, with the path of the built example.
set -euo pipefail

# Where this is not possible, that is no failure of the example.
left_out() {
    echo "left out: $1"
    exit 0
}

if [ "${INSIDE:-}" != 1 ]; then
    for tool in ip unshare nsenter openssl; do
        command -v "$tool" >/dev/null || left_out "$tool is not installed"
    done
    program=$(realpath "${1:?the path of the program two_hosts}")
    unshare --map-root-user --net true 2>/dev/null || left_out "this user may not make namespaces"
    INSIDE=1 exec unshare --map-root-user --net --kill-child "$0" "$program"
fi

program=$1
folder=$(mktemp -d)
started=()
finish() {
    # Each is a process of this script. An error says that it has ended already.
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
    rm -r "$folder"
}
trap finish EXIT
cd "$folder"

# An authority, and a certificate for each program: its common name is what `[access]` names.
openssl req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=authority -keyout authority.key -out authority.pem 2>/dev/null
certify() {
    openssl req -newkey ed25519 -nodes -subj "/CN=$1" -addext "subjectAltName=IP:$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -days 2 -copy_extensions copy -out "$1.pem" 2>/dev/null
}

# site NAME ENDPOINTS: the configuration of a program.
site() {
    cat >"$1.toml" <<TOML
realm = "two-hosts"
$2

[certificates]
authority = "authority.pem"
certificate = "$1.pem"
key = "$1.key"

[access]
hosts = ["left", "right"]
proxies = ["front"]
TOML
}

# host NAME NUMBER: a namespace with a link to this one, and a host in it.
host() {
    local name=$1 here=10.77.$2.1 there=10.77.$2.2 space
    unshare --net sleep 600 &
    space=$!
    started+=("$space")
    # Until then, its network is that of this script.
    while [ "$(readlink "/proc/$space/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
    ip link add "to-$name" type veth peer name eth0 netns "$space"
    ip addr add "$here/24" dev "to-$name"
    ip link set "to-$name" up
    nsenter --target "$space" --net ip addr add "$there/24" dev eth0
    nsenter --target "$space" --net ip link set eth0 up
    certify "$name" "$there"
    site "$name" "listen = [\"quic/$there:7447\"]"
    nsenter --target "$space" --net "$program" --worker "$name" --site "$name.toml" &
    started+=("$!")
}

ip link set lo up
host left 1
host right 2
certify front 10.77.1.1
site front 'connect = ["quic/10.77.1.2:7447", "quic/10.77.2.2:7447"]'
timeout 60 "$program" --site front.toml
echo "done: both hosts were reached through their links"
