package supervise

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"lachan/internal/message"
	"lachan/resolver/listen"
)

// This file is about a supervisor that is started anew: after it was killed, or by
// `systemctl restart`. systemd keeps a copy of each listening socket meanwhile, so
// that questions wait in the kernel and no port is ever closed. It hands them to the
// process that comes after.

// A storedName tells for which endpoint a socket is kept, and which of its sockets it is.
type storedName struct {
	endpoint string
	network  string
	i, of    int
}

// nameOf is an endpoint in a name: systemd takes no colons.
func nameOf(e message.Endpoint) string {
	return string(e.Role) + "," + strings.ReplaceAll(e.Address.String(), ":", "_")
}

func (n storedName) String() string {
	return fmt.Sprintf("%s,%s,%d,%d", n.endpoint, n.network, n.i, n.of)
}

func parseStored(text string) (n storedName, ok bool) {
	parts := strings.Split(text, ",")
	if len(parts) != 5 {
		return n, false
	}
	n.endpoint, n.network = parts[0]+","+parts[1], parts[2]
	var err, last error
	n.i, err = strconv.Atoi(parts[3])
	n.of, last = strconv.Atoi(parts[4])
	return n, err == nil && last == nil && n.i >= 0 && n.i < n.of
}

// keep has systemd keep copies of the sockets that are open, and no others.
func (v *service) keep(s sockets) {
	if v.address == nil {
		return
	}
	open := map[string]bool{}
	for _, e := range s.endpoints() {
		for i, o := range s[e] {
			name := storedName{nameOf(e), o.Network, i, len(s[e])}.String()
			if open[name] = true; !v.kept[name] {
				v.tell("FDSTORE=1\nFDPOLL=0\nFDNAME="+name, o.file)
			}
		}
	}
	v.forget(func(name string) bool { return !open[name] })
	v.kept = open
}

func (v *service) forget(which func(name string) bool) {
	for _, name := range slices.Sorted(maps.Keys(v.kept)) {
		if which(name) {
			v.tell("FDSTOREREMOVE=1\nFDNAME=" + name)
			delete(v.kept, name)
		}
	}
}

// restore returns the sockets that systemd has kept for the endpoints that are wanted.
// What is not wanted, or not whole, is closed and forgotten: it would be in the way of
// those that are opened.
func (v *service) restore(wanted []message.Endpoint, getenv func(string) string) sockets {
	found := map[string][]socket{} // by endpoint
	for name, f := range v.handed(getenv) {
		v.kept[name] = true
		n, ok := parseStored(name)
		if at := found[n.endpoint]; ok && at == nil {
			found[n.endpoint] = make([]socket, n.of)
		}
		if at := found[n.endpoint]; !ok || n.of != len(at) || at[n.i].file != nil {
			_ = f.Close() // nothing was written to it
			continue
		}
		found[n.endpoint][n.i] = socket{Socket: message.Socket{Network: n.network}, file: f}
	}
	taken := sockets{}
	for _, e := range wanted {
		list := found[nameOf(e)]
		if list == nil || !belong(list, e) {
			continue
		}
		taken[e] = list
		delete(found, nameOf(e))
	}
	if len(v.kept) == 0 {
		return taken
	}
	for _, list := range found {
		for _, o := range list {
			_ = o.file.Close() // nothing was written to it; nil if it was not there
		}
	}
	v.forget(func(name string) bool {
		n, _ := parseStored(name)
		return found[n.endpoint] != nil || !slices.ContainsFunc(wanted, func(e message.Endpoint) bool {
			return taken[e] != nil && nameOf(e) == n.endpoint
		})
	})
	v.settled()
	v.log.Info("took over sockets that were kept", "endpoints", len(taken))
	return taken
}

// belong completes the sockets of an endpoint, and reports whether they are all there.
func belong(list []socket, e message.Endpoint) bool {
	for i := range list {
		if list[i].file == nil {
			return false
		}
		bound, err := listen.Socket{Endpoint: listen.Endpoint{Addr: e.Address}, File: list[i].file}.Bound()
		if err != nil || e.Address.Port() != 0 && bound.Port() != e.Address.Port() {
			return false
		}
		list[i].Endpoint, list[i].bound = e, bound
	}
	return true
}

// handed are the descriptors that systemd has started this process with, by name.
func (v *service) handed(getenv func(string) string) map[string]*os.File {
	n, err := strconv.Atoi(getenv(listenVariable))
	if v.address == nil || err != nil || getenv(listenPIDVariable) != strconv.Itoa(os.Getpid()) {
		return nil
	}
	files := map[string]*os.File{}
	for i, name := range strings.Split(getenv(listenNamesVariable), ":") {
		if i >= n {
			break
		}
		f := os.NewFile(uintptr(firstListenDescriptor+i), name)
		if f == nil || keepFromChildren(f) != nil || files[name] != nil {
			_ = f.Close() // it is no descriptor, or one of a socket that is there already
			continue
		}
		files[name] = f
	}
	return files
}
