package main

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// about is what an image says of itself.
type about struct {
	architecture, version string
	at                    time.Time
}

// reference is what the image is called once it is taken in.
func (a about) reference() string { return "localhost/lachan:" + a.version }

// object is one of JSON: what is written here is read by others, and never by us.
type object = map[string]any

// Types of the parts of an image, of the OCI image specification 1.0.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// writeArchive writes an image as a layout of the OCI specification in one file. With
// manifest.json docker of before 25 takes it in too.
func writeArchive(out io.Writer, l layer, a about) error {
	w := archive{tar: tar.NewWriter(out), at: a.at}
	w.put("oci-layout", toJSON(object{"imageLayoutVersion": "1.0.0"}))
	w.folder("blobs/")
	w.folder("blobs/sha256/")
	root := w.blob(typeLayer, l.packed)
	config := w.blob(typeConfig, toJSON(a.config(l)))
	manifest := w.blob(typeManifest, toJSON(object{
		"schemaVersion": 2, "mediaType": typeManifest, "config": config, "layers": []object{root},
	}))
	manifest["platform"] = object{"os": "linux", "architecture": a.architecture}
	manifest["annotations"] = object{
		"org.opencontainers.image.ref.name": a.version, "io.containerd.image.name": a.reference(),
	}
	w.put("index.json", toJSON(object{"schemaVersion": 2, "mediaType": typeIndex, "manifests": []object{manifest}}))
	w.put("manifest.json", toJSON([]object{{
		"Config": pathOf(config), "RepoTags": []string{a.reference()}, "Layers": []string{pathOf(root)},
	}}))
	return w.close()
}

// config is how the program is run. Its health check is Docker's own; Kubernetes has
// probes in its place.
func (a about) config(l layer) object {
	return object{
		"created": a.at.Format(time.RFC3339), "os": "linux", "architecture": a.architecture,
		"rootfs":  object{"type": "layers", "diff_ids": []string{l.plain}},
		"history": []object{{"created": a.at.Format(time.RFC3339), "created_by": "deploy/image"}},
		"config": object{
			"User":         fmt.Sprintf("%d:%[1]d", user),
			"Entrypoint":   []string{"/lachan"},
			"Cmd":          []string{"serve"},
			"Env":          []string{"LACHAN_CONFIG=/etc/lachan/lachan.yaml"}, // for the server and its health check
			"ExposedPorts": object{"53/udp": object{}, "53/tcp": object{}},
			"Volumes":      object{"/var/lib/lachan": object{}},
			"WorkingDir":   "/",
			"StopSignal":   "SIGTERM",
			"Labels": object{
				"org.opencontainers.image.title": "lachan", "org.opencontainers.image.version": a.version,
			},
			"Healthcheck": object{
				"Test":     []string{"CMD", "/lachan", "health"},
				"Interval": 30 * time.Second, "Timeout": 5 * time.Second, "StartPeriod": 10 * time.Second,
			},
		},
	}
}

// An archive is the file that is written. The first error stays until close.
type archive struct {
	tar *tar.Writer
	at  time.Time
	err error
}

func (w *archive) folder(name string) { w.entry(name, tar.TypeDir, 0o755, nil) }

func (w *archive) put(name string, text []byte) { w.entry(name, tar.TypeReg, 0o644, text) }

func (w *archive) entry(name string, kind byte, mode int64, text []byte) {
	if w.err != nil {
		return
	}
	h := tar.Header{
		Name: name, Typeflag: kind, Mode: mode, Size: int64(len(text)), ModTime: w.at, Format: tar.FormatUSTAR,
	}
	if w.err = w.tar.WriteHeader(&h); w.err == nil {
		_, w.err = w.tar.Write(text)
	}
}

// blob puts a part in its place and returns what other parts call it by.
func (w *archive) blob(kind string, text []byte) object {
	o := object{"mediaType": kind, "digest": digest(text), "size": len(text)}
	w.put(pathOf(o), text)
	return o
}

func pathOf(o object) string {
	return "blobs/" + strings.Replace(o["digest"].(string), ":", "/", 1)
}

func (w *archive) close() error {
	if w.err == nil {
		w.err = w.tar.Close()
	}
	return w.err
}

// toJSON writes what cannot fail to be written: maps of text and numbers.
func toJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
