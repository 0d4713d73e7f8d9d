package command

import (
	"runtime"
	"runtime/debug"
)

// A Build is which program this is, as `lachan version --json` prints it.
type Build struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // commit; "" when it was built outside a checkout
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// BuildOf is the build of a version.
func BuildOf(version string) Build {
	v := Build{Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	return v
}
