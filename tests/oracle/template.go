package main

import (
	"encoding/json"
	"errors"
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
	var text limited
	if err := parsed.Execute(&text, root); err != nil {
		return nil, err
	}
	return text.String(), nil
}

// limited is a text of at most 16 MiB; ranges over large numbers would fill the memory otherwise.
type limited struct{ strings.Builder }

func (l *limited) Write(part []byte) (int, error) {
	if l.Len()+len(part) > 16<<20 {
		return 0, errors.New("too much text")
	}
	return l.Builder.Write(part)
}
