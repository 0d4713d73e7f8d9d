package test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// An object is what of an object of Kubernetes is looked at here.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Replicas              int
		ExternalTrafficPolicy string `yaml:"externalTrafficPolicy"`
		Template              pod
		Selector              map[string]any
	}
}

type pod struct {
	Metadata struct{ Labels map[string]string }
	Spec     struct {
		HostNetwork bool `yaml:"hostNetwork"`
		Security    struct {
			RunAsNonRoot bool    `yaml:"runAsNonRoot"`
			RunAsUser    float64 `yaml:"runAsUser"`
		} `yaml:"securityContext"`
		Containers []podContainer
	}
}

type podContainer struct {
	Name      string
	Args      []string
	Ports     []struct{ Name string }
	Resources struct{ Requests, Limits map[string]string }
	Security  struct {
		AllowPrivilegeEscalation bool `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop, Add []string }
	} `yaml:"securityContext"`
	StartupProbe   probe `yaml:"startupProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
}

type probe struct {
	HTTPGet struct {
		Path, Host string
		Port       int
	} `yaml:"httpGet"`
	Exec struct{ Command []string }
}

func (o object) pod() pod { return o.Spec.Template }

func (c podContainer) args() (all []any) {
	for _, arg := range c.Args {
		all = append(all, arg)
	}
	return all
}

// folder is what a ConfigMap is mounted as.
func (o object) folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range o.Data {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, each := range []string{dir, filepath.Dir(dir)} { // the user of the pod reads it
		if err := os.Chmod(each, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type objects []object

// of are the objects of a kind.
func (all objects) of(kind string) (found objects) {
	for _, o := range all {
		if o.Kind == kind {
			found = append(found, o)
		}
	}
	return found
}

func (all objects) one(t *testing.T, kind string) object {
	t.Helper()
	found := all.of(kind)
	if len(found) != 1 {
		t.Fatalf("%d objects of kind %s", len(found), kind)
	}
	return found[0]
}

// helm runs it on the chart. Built as a module it believes in a Kubernetes long gone.
func helm(args ...string) ([]byte, error) {
	var out, wrong bytes.Buffer
	c := exec.Command("helm", append(args, "--kube-version", "1.31.0")...)
	c.Stdout, c.Stderr = &out, &wrong
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("helm %s: %w\n%s%s", args, err, out.String(), wrong.String())
	}
	return out.Bytes(), nil
}

// chart is what the chart makes of values.
func chart(t *testing.T, values ...string) (all objects) {
	t.Helper()
	if out, err := helm(append([]string{"lint", "--strict", "../deploy/helm"}, values...)...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := helm(append([]string{"template", "lachan", "../deploy/helm"}, values...)...)
	if err != nil {
		t.Fatal(err)
	}
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var o object
		switch err := d.Decode(&o); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		case o.Kind != "":
			all = append(all, o)
		}
	}
}

// TestTheChartRunsWhatItSays has helm lint and render the chart, as nodes at the addresses
// of machines, as nodes behind a load balancer, and as hubs. Each configuration is one that
// the program takes, Services lead to pods and to ports that they have, and everything runs
// as nobody.
func TestTheChartRunsWhatItSays(t *testing.T) {
	need(t, "helm")
	const hub = `hub={"enabled":true,"replicas":%d,"toolsImage":"busybox","addresses":[%s],"config":{"fleet":{"areas":["a"]}}}`
	const units = `policy={"units":[{"id":"a","name":"A","kind":"province","networks":["10.0.0.0/8"]}]}`
	f := func(what string, daemons, hubs int, values ...string) {
		t.Helper()
		all := chart(t, append([]string{"--set-json", units}, values...)...)
		if len(all.of("DaemonSet")) != daemons || len(all.of("StatefulSet")) != hubs {
			t.Errorf("%s: %d DaemonSets, %d StatefulSets", what, len(all.of("DaemonSet")), len(all.of("StatefulSet")))
		}
		for _, o := range slices.Concat(all.of("DaemonSet"), all.of("StatefulSet")) {
			o.runsAsNobody(t, what)
		}
		for _, o := range all.of("ConfigMap") {
			o.isTaken(t, what)
		}
		for _, o := range all.of("Service") {
			o.leadsTo(t, what, all)
		}
	}
	f("as it is", 1, 0)
	f("behind a load balancer", 1, 0, "--set", "node.hostNetwork=false,node.state=,node.encrypted=tls,node.clients={10.0.0.0/8}")
	f("one hub", 1, 1, "--set-json", fmt.Sprintf(hub, 1, `"hub.example:4443"`))
	f("three hubs alone", 0, 1, "--set", "node.enabled=false", "--set-json",
		fmt.Sprintf(hub, 3, `"hub-1.example:4443","hub-2.example:4443","hub-3.example:4443"`))

	for _, o := range chart(t, "--set", "node.hostNetwork=false").of("Service") {
		if o.Spec.ExternalTrafficPolicy != "Local" {
			t.Errorf("%s hides who asks: externalTrafficPolicy is %q", o.Metadata.Name, o.Spec.ExternalTrafficPolicy)
		}
	}
	for values, want := range map[string]string{
		"nodes.memory=1Gi":                  "'nodes' not allowed",
		"node.memory=1GB":                   "memory",
		"hub.replicas=2,hub.enabled=true":   "replicas",
		"hub.enabled=true":                  "HOST:4443",
		"node.config.http.listen=0.0.0.0:1": "8053",
	} {
		if _, err := helm("template", "lachan", "../deploy/helm", "--set", values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--set %s is refused for another reason than %q: %v", values, want, err)
		}
	}
}

// TestEveryValueOfTheChartIsTold: with what it means beside it, and in both languages.
func TestEveryValueOfTheChartIsTold(t *testing.T) {
	text, err := os.ReadFile("../deploy/helm/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]yaml.Node
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"../docs/kubernetes.md", "../docs/vi/kubernetes.md"} {
		said, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for section, node := range values {
			var keys map[string]yaml.Node
			if node.Decode(&keys) != nil || len(keys) == 0 || section == "policy" {
				keys = map[string]yaml.Node{section: {}}
			}
			for key := range keys {
				if !strings.Contains(string(said), "`"+key+"`") && !strings.Contains(string(said), "`"+section+"."+key+"`") {
					t.Errorf("%s does not tell of %s.%s", page, section, key)
				}
			}
		}
	}
}

// runsAsNobody: whatever the pods are, none has more than it needs, and its probes ask
// where the program listens.
func (o object) runsAsNobody(t *testing.T, what string) {
	t.Helper()
	p := o.pod()
	if !p.Spec.Security.RunAsNonRoot || p.Spec.Security.RunAsUser != 65532 {
		t.Errorf("%s: %s runs as %+v", what, o.Metadata.Name, p.Spec.Security)
	}
	for _, c := range p.Spec.Containers {
		s := c.Security
		if s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
			t.Errorf("%s: container %s of %s has %+v", what, c.Name, o.Metadata.Name, s)
		}
		if c.Resources.Limits["memory"] == "" {
			t.Errorf("%s: container %s of %s has no bound of memory", what, c.Name, o.Metadata.Name)
		}
		if c.Name != "lachan" {
			continue
		}
		if c.Resources.Limits["memory"] != c.Resources.Requests["memory"] || c.Resources.Limits["cpu"] != "" {
			t.Errorf("%s: %s: %+v", what, o.Metadata.Name, c.Resources)
		}
		for path, asked := range map[string]probe{"/healthz": c.LivenessProbe, "/readyz": c.ReadinessProbe} {
			url := fmt.Sprintf("http://%s:%d%s", asked.HTTPGet.Host, asked.HTTPGet.Port, asked.HTTPGet.Path)
			if !p.Spec.HostNetwork { // the kubelet does not reach 127.0.0.1 of the pod
				url = asked.Exec.Command[len(asked.Exec.Command)-1]
			}
			if url != "http://127.0.0.1:8053"+path {
				t.Errorf("%s: %s: the probe asks at %s", what, o.Metadata.Name, url)
			}
		}
	}
}

// isTaken: each lachan.yaml of a ConfigMap is one that `lachan check` has nothing against.
func (o object) isTaken(t *testing.T, what string) {
	t.Helper()
	dir := o.folder(t)
	p := &process{t: t, dir: dir}
	if err := os.MkdirAll(filepath.Join(dir, "tls"), 0o755); err != nil {
		t.Fatal(err)
	}
	p.certify()
	for from, to := range map[string]string{"cert.pem": "tls/tls.crt", "key.pem": "tls/tls.key"} {
		if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	for name := range o.Data {
		if name == "policy.yaml" {
			continue
		}
		out, err := exec.Command(binary, "check", "--config", filepath.Join(dir, name), "--state_dir", t.TempDir(), "--lang", "en").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %s of %s: %v\n%s\n%s", what, name, o.Metadata.Name, err, out, o.Data[name])
		}
	}
}

// leadsTo: a Service selects pods that there are, and ports that these have.
func (o object) leadsTo(t *testing.T, what string, all objects) {
	t.Helper()
	for _, w := range slices.Concat(all.of("DaemonSet"), all.of("StatefulSet")) {
		labels, matches := w.pod().Metadata.Labels, true
		for key, value := range o.Spec.Selector {
			if key == "statefulset.kubernetes.io/pod-name" {
				matches = matches && w.Kind == "StatefulSet" && strings.HasPrefix(fmt.Sprint(value), w.Metadata.Name+"-")
			} else {
				matches = matches && labels[key] == value
			}
		}
		if matches {
			return
		}
	}
	t.Errorf("%s: Service %s leads to no pod: %v", what, o.Metadata.Name, o.Spec.Selector)
}
