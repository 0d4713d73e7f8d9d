package policy

import (
	"net"
	"strings"

	"lachan/internal/wording"
)

// Names of devices begin with what kind of name they are.
const (
	macPrefix = "mac:"
	cpePrefix = "cpe:"
)

// MAC is the name of the device with a hardware address of six octets.
func MAC(octets []byte) string { return macPrefix + net.HardwareAddr(octets).String() }

// CPE is the name of the device that its forwarder calls id.
func CPE(id string) string { return cpePrefix + id }

// IdentifyDevice returns the group of a device that a trusted forwarder named:
// by MAC or CPE.
func (r *Rules) IdentifyDevice(name string) (g GroupID, known bool) {
	g, known = r.policy.devices[name]
	return g, known
}

// HasDevices tells whether any unit names devices.
func (r *Rules) HasDevices() bool { return len(r.policy.devices) > 0 }

// claimDevices notes the devices of a unit and reports what is none and those
// that another unit has.
func (l *loader) claimDevices(u uint32, text *unitText) {
	for _, d := range text.Devices {
		name, ok := canonicalDevice(d.V)
		if !ok {
			l.fail(text.file, d.Line, wording.PolicyDevice.With(d.V))
			continue
		}
		if other, taken := l.policy.devices[name]; taken {
			l.fail(text.file, d.Line, wording.PolicyDeviceTaken.With(d.V, l.where(uint32(other))))
			continue
		}
		if l.policy.devices == nil {
			l.policy.devices = map[string]GroupID{}
		}
		l.policy.devices[name] = GroupID(u)
	}
}

func canonicalDevice(text string) (name string, ok bool) {
	if id, found := strings.CutPrefix(text, cpePrefix); found {
		return text, id != ""
	}
	mac, found := strings.CutPrefix(text, macPrefix)
	octets, err := net.ParseMAC(mac)
	return MAC(octets), found && err == nil && len(octets) == 6
}
