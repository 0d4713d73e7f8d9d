package supervise

import (
	"errors"
	"net/netip"
	"syscall"

	"lachan/internal/message"
	"lachan/internal/wording"
	"lachan/resolver/listen"
)

// keys are those of lachan.yaml that name the addresses of a role.
var keys = map[message.Role]string{
	message.RolePlain: "server.listen", message.RoleDoT: "server.dot", message.RoleDoH: "server.doh",
	message.RoleDoQ: "server.doq", message.RoleHTTP: "http.listen", message.RoleConsole: "console.listen",
	message.RoleFleet: "fleet.listen", message.RolePage: "server.page.http",
	message.RolePageTLS: "server.page.https", message.RoleZones: "server.rpz_out.listen",
	message.RoleRADIUS: "radius.listen",
}

// explain says why an endpoint could not be opened, and what to do. err is what the
// system said.
func explain(e message.Endpoint, err error) error {
	key := keys[e.Role]
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &refusal{explainTaken(e, key, holderOf(e)), err}
	case errors.Is(err, syscall.EACCES):
		return &refusal{textNoPrivilege.With(e.Address, key), err}
	}
	return &refusal{textCannotListen.With(e.Address, key, err), err}
}

// A refusal says in both languages what the system has refused.
type refusal struct {
	text  wording.Text
	cause error
}

func (r *refusal) Error() string         { return r.text.String() }
func (r *refusal) Wording() wording.Text { return r.text }
func (r *refusal) Unwrap() error         { return r.cause }

// A holder is the program that has a port.
type holder struct {
	address netip.AddrPort // where it listens; zero if that is not known
	process int            // 0 if that is not known
	name    string         // of the program, or of the user if the program is not to be seen
	user    bool           // name is the user's
}

// stub are the addresses of the resolver that systemd runs on many machines.
var stub = []netip.Addr{netip.MustParseAddr("127.0.0.53"), netip.MustParseAddr("127.0.0.54")}

// isStub reports whether a holder is systemd-resolved. The kernel cuts names of programs
// to 15 characters.
func (h *holder) isStub() bool {
	const resolved = "systemd-resolve"
	at := h.address.Addr()
	return h.name == resolved || h.name == "" && h.address.Port() == 53 && (at == stub[0] || at == stub[1])
}

func explainTaken(e message.Endpoint, key string, h holder) wording.Text {
	switch {
	case h.isStub():
		return textStub.With(e.Address, h.where(e), key)
	case h.name == "":
		return textTaken.With(e.Address, key, e.Address.Port())
	case h.user:
		return textTakenByUser.With(e.Address, h.where(e), h.name, key, e.Address.Port())
	}
	return textTakenBy.With(e.Address, h.where(e), h.name, h.process, key)
}

// where is the address that the holder has, or else the one that was wanted.
func (h *holder) where(e message.Endpoint) netip.AddrPort {
	if h.address.IsValid() {
		return h.address
	}
	return e.Address
}

// networksOf are those that an endpoint needs.
func networksOf(e message.Endpoint) []string {
	switch {
	case e.Role.Answers():
		return protocols[e.Role].Networks()
	case e.Role == message.RoleZones:
		return []string{listen.TCP, listen.UDP}
	case e.Role == message.RoleRADIUS:
		return []string{listen.UDP}
	}
	return []string{listen.TCP}
}
