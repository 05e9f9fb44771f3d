package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/Masterminds/sprig/v3"
	"github.com/antonmedv/expr"
	"github.com/antonmedv/expr/builtin"
	"github.com/doublerebel/bellows"
	"github.com/evilmonkeyinc/jsonpath"
)

// exprFilter evaluates the expression of an event source's filter; the input is the event's data, an object.
func exprFilter(program string, input json.RawMessage) (any, error) {
	var data map[string]any
	if err := json.Unmarshal(input, &data); err != nil {
		return nil, err
	}
	names := map[string]any{}
	for key, value := range data {
		names[strings.ReplaceAll(key, "-", "_")] = value
	}
	names = bellows.Expand(withoutParents(names))
	functions := sprig.GenericFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	names["sprig"] = functions
	names["asInt"] = builtin.Int
	names["asFloat"] = builtin.Float
	names["toJson"] = func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	names["jsonpath"] = func(text string, path string) any {
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			panic(err)
		}
		found, err := jsonpath.Query(path, document)
		if err != nil {
			panic(err)
		}
		return found
	}
	result, err := expr.Eval(program, names)
	if err != nil {
		return nil, err
	}
	if _, bool := result.(bool); !bool {
		return nil, fmt.Errorf("not a bool: %T", result)
	}
	return result, nil
}

// withoutParents leaves out a name whose next in order is a dotted name below it.
func withoutParents(names map[string]any) map[string]any {
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	kept := map[string]any{}
	for i, name := range sorted {
		if i+1 == len(sorted) || !strings.HasPrefix(sorted[i+1], name+".") {
			kept[name] = names[name]
		}
	}
	return kept
}
