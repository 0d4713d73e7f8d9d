package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// homeNetwork lays out a client and a server of ours behind a router, and the world
// with the public resolver 8.8.8.8 and a site in front of it, in namespaces of their
// own. The router has the table that is in lan.nft. Everybody says who it is at the
// ports of DNS, of DNS over TLS and of the web.
const homeNetwork = `set -e
mount -t tmpfs tmpfs /run
mkdir /run/netns
ip netns add client
ip netns add world
ip link set lo up
ip link add lan0 type veth peer name c0 netns client
ip addr add 10.0.0.1/24 dev lan0
ip link set lan0 up
ip -n client link set lo up
ip -n client addr add 10.0.0.9/24 dev c0
ip -n client addr add 10.0.0.53/24 dev c0
ip -n client link set c0 up
ip -n client route add default via 10.0.0.1
ip link add wan0 type veth peer name w0 netns world
ip addr add 192.0.2.1/24 dev wan0
ip link set wan0 up
ip route add default via 192.0.2.2
ip -n world link set lo up
ip -n world addr add 192.0.2.2/24 dev w0
ip -n world addr add 8.8.8.8/32 dev lo
ip -n world addr add 203.0.113.9/32 dev lo
ip -n world link set w0 up
ip -n world route add 10.0.0.0/24 via 192.0.2.1
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f lan.nft
nft -f lan.nft
mkfifo router.ready world.ready
python3 who.py router & read x <router.ready
ip netns exec world python3 who.py world & read x <world.ready
ip netns exec client python3 ask.py
`

const whoSays = `import socket, sys, threading
def serve(s):
    while True:
        c, _ = s.accept(); c.sendall(sys.argv[1].encode()); c.close()
for port in (53, 443, 853):
    s = socket.socket(); s.bind(("0.0.0.0", port)); s.listen()
    threading.Thread(target=serve, args=(s,)).start()
open(sys.argv[1] + ".ready", "w").write("yes\n")
`

const askAll = `import socket
for src in ("10.0.0.9", "10.0.0.53"):
    for dst, port in (("8.8.8.8", 53), ("8.8.8.8", 853), ("8.8.8.8", 443), ("203.0.113.9", 443), ("203.0.113.9", 853), ("10.0.0.1", 53)):
        s = socket.socket(); s.bind((src, 0)); s.settimeout(10)
        try: s.connect((dst, port)); who = s.recv(50).decode()
        except OSError as e: who = "refused" if isinstance(e, ConnectionRefusedError) else repr(e)
        print(src, dst, port, who)
`

// The firewall that `lachan profile` writes sends everybody's DNS to the router and
// shuts encrypted resolvers, and lets the web and this server through.
func TestTheFirewallLeavesOneWay(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root lays out networks")
	}
	for _, tool := range []string{"nft", "ip", "unshare", "python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: run make tools", tool)
		}
	}
	p := newProcess(t, "", "units: [{id: a, name: A, kind: school, level: thcs, networks: [10.0.0.0/24]}]\n", "127.0.0.1:9")
	table, err := exec.Command(binary, "profile", "--config", filepath.Join(p.dir, "lachan.yaml"), "--unit", "a", "--for", "nftables",
		"--address", "10.0.0.53").Output()
	if err != nil {
		t.Fatal(err)
	}
	p.write("lan.nft", strings.Replace(string(table), `"br-lan", "eth1"`, `"lan0"`, 1))
	p.write("who.py", whoSays)
	p.write("ask.py", askAll)
	// The processes of the network end with the first one of its own process namespace.
	network := exec.Command("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", homeNetwork)
	network.Dir, network.SysProcAttr = p.dir, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := network.CombinedOutput()
	const want = `10.0.0.9 8.8.8.8 53 router
10.0.0.9 8.8.8.8 853 refused
10.0.0.9 8.8.8.8 443 refused
10.0.0.9 203.0.113.9 443 world
10.0.0.9 203.0.113.9 853 refused
10.0.0.9 10.0.0.1 53 router
10.0.0.53 8.8.8.8 53 world
10.0.0.53 8.8.8.8 853 world
10.0.0.53 8.8.8.8 443 world
10.0.0.53 203.0.113.9 443 world
10.0.0.53 203.0.113.9 853 world
10.0.0.53 10.0.0.1 53 router
`
	if err != nil || string(out) != want {
		t.Errorf("%v: the network says\n%swant\n%s", err, out, want)
	}
}
