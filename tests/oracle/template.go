package main

import (
	"encoding/json"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// templateText executes a template with sprig's functions; the input is the root value.
func templateText(program string, input json.RawMessage) (any, error) {
	var root any
	if err := json.Unmarshal(input, &root); err != nil {
		return nil, err
	}
	parsed, err := template.New("").Funcs(sprig.FuncMap()).Parse(program)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := parsed.Execute(&text, root); err != nil {
		return nil, err
	}
	return text.String(), nil
}
