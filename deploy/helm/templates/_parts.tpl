{{/* What nodes and hubs have in common. */}}

{{- define "lachan.name" -}}
{{- if contains "lachan" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-lachan{{ end -}}
{{- end }}

{{- define "lachan.labels" -}}
app.kubernetes.io/name: lachan
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lachan.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The user of the image, to whom the state belongs. */}}
{{- define "lachan.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* Ports below 1024 are its only privilege: the image has what lets a user other than root use it. */}}
{{- define "lachan.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
{{- end }}

{{/* Of "memory" and "cpu". What it may have the machine has for it. */}}
{{- define "lachan.resources" -}}
requests: {cpu: {{ .cpu | quote }}, memory: {{ .memory }}}
limits: {memory: {{ .memory }}}
{{- end }}

{{/* What the kubelet asks at "path": over HTTP where it shares the network of the pod ("host"),
     else by a command, as HTTP is at 127.0.0.1 and other pods need not read what is counted. */}}
{{- define "lachan.asks" -}}
{{- if .host -}}
httpGet: {path: {{ .path }}, port: 8053, host: 127.0.0.1}
{{- else -}}
exec: {command: [/lachan, health, --url, "http://127.0.0.1:8053{{ .path }}"]}
{{- end }}
timeoutSeconds: 5
{{- end }}

{{/* It lives while it answers; the first lists of a country may take a quarter of an hour. */}}
{{- define "lachan.probes" -}}
startupProbe:
  {{- include "lachan.asks" (dict "host" . "path" "/healthz") | nindent 2 }}
  periodSeconds: 5
  failureThreshold: 180
livenessProbe:
  {{- include "lachan.asks" (dict "host" . "path" "/healthz") | nindent 2 }}
  periodSeconds: 15
  failureThreshold: 4
readinessProbe:
  {{- include "lachan.asks" (dict "host" . "path" "/readyz") | nindent 2 }}
  periodSeconds: 10
{{- end }}

{{- define "lachan.joins" -}}
{{- if or .Values.node.joins .Values.hub.enabled }}true{{ end -}}
{{- end }}

{{/* policy.yaml and what is beside it. */}}
{{- define "lachan.policy" -}}
policy.yaml: |
{{- if kindIs "string" .Values.policy }}
{{ .Values.policy | indent 2 }}
{{- else }}
{{ toYaml .Values.policy | indent 2 }}
{{- end }}
{{- range $name, $text := .Values.files }}
{{ $name }}: |
{{ $text | indent 2 }}
{{- end }}
{{- end }}

{{/* Refuses an address of HTTP where the probes do not ask. */}}
{{- define "lachan.port" -}}
{{- $listen := dig "http" "listen" "0.0.0.0:8053" .config }}
{{- if not (has $listen (list "0.0.0.0:8053" "127.0.0.1:8053" "[::]:8053")) }}
{{- fail (printf "%s.config.http.listen: %s; kubelet hỏi ở | the probes ask at 127.0.0.1:8053: 0.0.0.0:8053" .of $listen) }}
{{- end }}
{{- end }}

{{/* lachan.yaml of a node. */}}
{{- define "lachan.nodeConfig" -}}
{{- $node := .Values.node }}
{{- $server := dict "listen" (list "0.0.0.0:53" "[::]:53") }}
{{- if $node.encrypted }}
{{- $_ := set $server "dot" (list "0.0.0.0:853" "[::]:853") }}
{{- $_ := set $server "doh" (list "0.0.0.0:443" "[::]:443") }}
{{- $_ := set $server "doq" (list "0.0.0.0:853" "[::]:853") }}
{{- $_ := set $server "tls" (dict "cert" "tls/tls.crt" "key" "tls/tls.key") }}
{{- end }}
{{- include "lachan.port" (dict "of" "node" "config" $node.config) }}
{{- $policy := "policy.yaml" }}
{{- if include "lachan.joins" . }}{{ $policy = "" }}{{ end }}
{{- $written := dict "state_dir" "/var/lib/lachan/state" "server" $server "policy" $policy }}
{{- toYaml (mergeOverwrite $written (deepCopy $node.config)) }}
{{- end }}

{{/* lachan.yaml of a hub: of dict "root" "index". */}}
{{- define "lachan.hubConfig" -}}
{{- $hub := .root.Values.hub }}
{{- include "lachan.port" (dict "of" "hub" "config" $hub.config) }}
{{- $fleet := dict "listen" "0.0.0.0:4443" "address" (index $hub.addresses .index) }}
{{- if gt (int $hub.replicas) 1 }}
{{- $_ := set $fleet "hubs" $hub.addresses }}
{{- $_ := set $fleet "between" "0.0.0.0:4444" }}
{{- end }}
{{- $written := dict "state_dir" "/var/lib/lachan/state" "server" (dict "listen" (list "127.0.0.1:53")) }}
{{- $_ := set $written "console" (dict "listen" "0.0.0.0:8088") }}
{{- $_ := set $written "fleet" $fleet }}
{{- $_ := set $written "policy" "policy.yaml" }}
{{- toYaml (mergeOverwrite $written (deepCopy $hub.config)) }}
{{- end }}

{{/* What is in /etc/lachan: of dict "name" "encrypted" "secrets". */}}
{{- define "lachan.etc" -}}
- name: etc
  projected:
    defaultMode: 0440
    sources:
      - configMap: {name: {{ .name }}}
      {{- with .encrypted }}
      - secret:
          name: {{ . }}
          items: [{key: tls.crt, path: tls/tls.crt}, {key: tls.key, path: tls/tls.key}]
      {{- end }}
      {{- range .secrets }}
      - secret: {name: {{ .name }}, items: [{key: {{ .key | quote }}, path: {{ .path | quote }}}]}
      {{- end }}
{{- end }}
