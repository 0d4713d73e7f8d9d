package site

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/cmd/lachan/inforce"
	"lachan/console/frame"
	"lachan/internal/wording"
	"lachan/policy"
	"lachan/resolver/clientconn"
	"lachan/resolver/watch"
)

// What the browser's own device asks is remembered by the process that answers, for the
// session that asked for it and for minutes. Here is which session that is, and whether the
// address it comes from is one device; no name stays in this process.

// A device is the devices that are watched.
type device struct {
	src  *Sources
	uses atomic.Uint64
	mu   sync.Mutex
	by   map[string]watched // mu; by session; at most watch.Most
}

// A watched is the device of a session.
type watched struct {
	id      string // by which resolve knows it, and nobody else
	address netip.Addr
	until   time.Time
}

// why says why the device at an address cannot be watched; unit is whose it is.
func (d *device) why(by account.Actor, from frame.Origin) (unit string, why wording.Text) {
	cfg, rules, _, _ := d.src.InForce()
	a := from.Address
	network, claimed := policy.NetworkOf(rules.Policy(), a)
	switch {
	case from.Proxied:
		return "", textDeviceProxied
	case !a.IsPrivate():
		return "", textDevicePublic
	case clientconn.Contains(cfg.Server.TrustedForwarders, a):
		return "", textDeviceForwarder
	case d.src.Linked(a):
		return "", textDeviceLinked
	case !claimed:
		return "", textDeviceNowhere
	case network.IsSingleIP():
		return "", textDeviceSingle
	}
	group, known := rules.Identify(a)
	if !known {
		return "", textDeviceNowhere
	}
	unit, _ = policy.UnitOf(rules.Policy(), group)
	if !by.May(account.View, unit, d.src.Office.Tree(), time.Now()) {
		return "", textDeviceOthers
	}
	return unit, why
}

// begin records that somebody looks, and then has resolve remember.
func (d *device) begin(
	ctx context.Context, by account.Actor, session string, from frame.Origin,
) (out admin.Outcome, err error) {
	unit, why := d.why(by, from)
	if why.VI != "" || session == "" {
		return out, &admin.Refusal{Kind: admin.Invalid, Text: cmp.Or(why, textDeviceProxied)}
	}
	now := time.Now()
	w := watched{rand.Text(), from.Address, now.Add(watch.Longest)}
	if !d.take(session, w, now) {
		return out, &admin.Refusal{Kind: admin.Standing, Text: textDeviceFull}
	}
	out, err = d.src.Office.Decide(ctx, by, admin.WatchDevice{Unit: unit}, admin.How{})
	if err != nil {
		d.forget(session)
		return out, err
	}
	d.uses.Add(1)
	is, err := d.src.Watch(ctx, inforce.Watch{ID: w.id, Address: w.address, For: watch.Longest})
	if err != nil || !is.On {
		d.forget(session)
		return out, &admin.Refusal{Kind: admin.Trouble, Text: textDeviceFull}
	}
	return out, nil
}

// take makes a device that of a session, unless too many are watched.
func (d *device) take(session string, w watched, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for of, other := range d.by {
		if !now.Before(other.until) {
			delete(d.by, of)
		}
	}
	_, again := d.by[session]
	if again || len(d.by) >= watch.Most {
		return false
	}
	if d.by == nil {
		d.by = map[string]watched{}
	}
	d.by[session] = w
	return true
}

// of is the device of a session.
func (d *device) of(session string) (w watched, on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w, on = d.by[session]
	return w, on && time.Now().Before(w.until)
}

func (d *device) forget(session string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.by, session)
}

// seen is what the device of a session asked so far.
func (d *device) seen(ctx context.Context, session string) (seen frame.DeviceSeen, on bool) {
	w, on := d.of(session)
	if !on {
		return seen, false
	}
	is, err := d.src.Watch(ctx, inforce.Watch{ID: w.id})
	if err != nil {
		return frame.DeviceSeen{Address: w.address, Until: w.until}, true // it may answer again
	}
	if !is.On {
		d.forget(session) // resolve was started anew, or the time is over
		return seen, false
	}
	seen = frame.DeviceSeen{Address: w.address, Until: is.Until, More: is.More, Shared: is.Shared}
	for _, n := range slices.Backward(is.Names) {
		seen.Names = append(seen.Names, frame.AskedName(n))
	}
	slices.SortStableFunc(seen.Names, func(a, b frame.AskedName) int { return b.Last.Compare(a.Last) })
	return seen, true
}

// end forgets what the device of a session asked.
func (d *device) end(ctx context.Context, session string) {
	if w, on := d.of(session); on {
		_, _ = d.src.Watch(ctx, inforce.Watch{ID: w.id, End: true}) // it ends by itself
	}
	d.forget(session)
}

// Watches is how often somebody has had the own device watched.
func (s *Site) Watches() uint64 { return s.device.uses.Load() }

var (
	textDeviceProxied   = wording.Text{VI: "trình duyệt đến đây qua một máy trung gian, nên không biết thiết bị nào đang hỏi", EN: "the browser comes here through a proxy, so it is not known which device asks"}
	textDevicePublic    = wording.Text{VI: "địa chỉ của trình duyệt không phải địa chỉ riêng trong mạng của đơn vị; sau một địa chỉ công cộng có thể là nhiều thiết bị", EN: "the browser's address is no private one of the unit's own network; behind a public address there may be many devices"}
	textDeviceForwarder = wording.Text{VI: "địa chỉ này là một bộ chuyển tiếp, nói thay cho nhiều thiết bị", EN: "this address is a forwarder, which speaks for many devices"}
	textDeviceLinked    = wording.Text{VI: "địa chỉ này là đường truyền của cả một đơn vị, do bộ định tuyến báo", EN: "this address is the line of a whole unit, as its router says"}
	textDeviceNowhere   = wording.Text{VI: "địa chỉ của trình duyệt không nằm trong mạng của đơn vị nào", EN: "the browser's address is in no unit's network"}
	textDeviceSingle    = wording.Text{VI: "mạng của đơn vị là đúng một địa chỉ, mà sau đó có thể là nhiều thiết bị", EN: "the unit's network is that one address, and behind it there may be many devices"}
	textDeviceOthers    = wording.Text{VI: "thiết bị này ở trong mạng của một đơn vị mà tài khoản này không được xem", EN: "this device is in the network of a unit that this account does not see"}
	textDeviceFull      = wording.Text{VI: "chưa theo dõi được: phiên này đang theo dõi rồi, hoặc có quá nhiều người cùng theo dõi; hãy thử lại sau vài phút", EN: "it cannot be watched now: this session does already, or too many do at once; try again in some minutes"}
)
