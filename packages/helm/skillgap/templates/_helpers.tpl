{{- define "skillgap.labels" -}}
app.kubernetes.io/name: skillgap
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "skillgap.name" -}}
{{ if eq .Release.Name "skillgap" }}skillgap{{ else }}{{ .Release.Name }}-skillgap{{ end }}
{{- end }}
