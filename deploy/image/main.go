// Command image writes an image of the program for containers, as a file that docker,
// podman, containerd and skopeo take in. It needs none of them, no base and no network:
//
//	image -program lachan-arm64 -architecture arm64 -version 1.0 -output lachan.tar
//
// Nothing of this machine or of the time is in the image but what -certificates and
// SOURCE_DATE_EPOCH name: two runs with the same make the same bytes.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// options are what the command line says.
type options struct {
	program, architecture, version, output string
	certificates, configs, licences        string
	mark                                   string
}

func main() {
	var o options
	flag.StringVar(&o.program, "program", "", "a static build of the program")
	flag.StringVar(&o.architecture, "architecture", "amd64", "what it was built for, as Go calls it")
	flag.StringVar(&o.version, "version", "dev", "its version, the tag of the image")
	flag.StringVar(&o.output, "output", "", "the file to write")
	flag.StringVar(&o.certificates, "certificates", "/etc/ssl/certs/ca-certificates.crt", "the authorities that it believes")
	flag.StringVar(&o.configs, "configs", "configs", "a folder with lachan.yaml and policy.yaml")
	flag.StringVar(&o.licences, "licences", "", "the licences of its parts, by deploy/deb/licences")
	flag.StringVar(&o.mark, "mark", "", "write no image, but give this program what it needs to bind port 53")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func (o *options) run() error {
	if o.mark != "" {
		return mark(o.mark)
	}
	if o.program == "" || o.output == "" {
		return errors.New("-program and -output are needed")
	}
	at, err := epoch(os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	files, err := o.files()
	if err != nil {
		return err
	}
	l, err := newLayer(files, at)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := writeArchive(&out, l, about{architecture: o.architecture, version: o.version, at: at}); err != nil {
		return err
	}
	return os.WriteFile(o.output, out.Bytes(), 0o644)
}

// epoch is the time of what is packed: seconds since 1970, 0 if none is given.
func epoch(text string) (time.Time, error) {
	if text == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// files lists the files of the image. The program runs as user, with a root that is read-only:
// it writes below its state alone.
func (o *options) files() ([]file, error) {
	all := []file{
		{name: "etc/"}, {name: "etc/lachan/"}, {name: "etc/ssl/"}, {name: "etc/ssl/certs/"},
		{name: "usr/"}, {name: "usr/share/"}, {name: "usr/share/doc/"}, {name: "usr/share/doc/lachan/"},
		{name: "var/"}, {name: "var/lib/"}, {name: "var/lib/lachan/", mode: 0o700, owner: user},
	}
	for _, f := range []struct {
		name, from string
		mode       int64
	}{
		{"etc/lachan/lachan.yaml", filepath.Join(o.configs, "lachan.yaml"), 0o644},
		{"etc/lachan/policy.yaml", filepath.Join(o.configs, "policy.yaml"), 0o644},
		{"etc/ssl/certs/ca-certificates.crt", o.certificates, 0o644},
		{"usr/share/doc/lachan/licences", o.licences, 0o644},
		{"lachan", o.program, 0o755},
	} {
		if f.from == "" {
			continue
		}
		text, err := os.ReadFile(f.from)
		if err != nil {
			return nil, err
		}
		all = append(all, file{name: f.name, text: text, mode: f.mode, binds: f.name == "lachan"})
	}
	return all, nil
}
