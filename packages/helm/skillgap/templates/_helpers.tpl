{{- define "skillgap.labels" -}}
app.kubernetes.io/name: skillgap
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "skillgap.name" -}}
{{ if eq .Release.Name "skillgap" }}skillgap{{ else }}{{ .Release.Name }}-skillgap{{ end }}
{{- end }}

{{- define "skillgap.servers" -}}
{{- $nats := printf "%s-nats" (include "skillgap.name" .) -}}
{{- if .Values.nats.enabled -}}
nats://{{ $nats }}-0.{{ $nats }}:4222, nats://{{ $nats }}-1.{{ $nats }}:4222, nats://{{ $nats }}-2.{{ $nats }}:4222
{{- else -}}
{{ .Values.changeLog.servers }}
{{- end -}}
{{- end }}
