package compile

import (
	"net"
	"strings"

	"lachan/policy/compiled"
	"lachan/policy/source"
)

// claimDevices adds the devices of a unit. It reports what is not a device, and
// devices that another unit has.
func (c *clients) claimDevices(u uint32, text *source.Unit) {
	for _, d := range text.Devices {
		name, ok := canonicalDevice(d.V)
		if !ok {
			c.fail(text.File, d.Line, textDevice.With(d.V))
			continue
		}
		if other, taken := c.devices[name]; taken {
			c.fail(text.File, d.Line, textDeviceTaken.With(d.V, c.where(other)))
			continue
		}
		c.devices[name] = u
	}
}

func canonicalDevice(text string) (name string, ok bool) {
	if id, found := strings.CutPrefix(text, compiled.CPEPrefix); found {
		return text, id != ""
	}
	mac, found := strings.CutPrefix(text, compiled.MACPrefix)
	address, err := net.ParseMAC(mac)
	return compiled.MACPrefix + address.String(), found && err == nil && len(address) == 6
}
