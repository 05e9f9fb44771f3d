package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/Knetic/govaluate"
	"github.com/antonmedv/expr"
)

// joined are the replacements, in this order, that turn a condition into an expression that joins strings.
var joined = [][2]string{
	{"&&", ` + "&&" + `},
	{"||", ` + "||" + `},
	{"-", "_"},
	{"(", `"("+`},
	{")", `+")"`},
}

// conditions translates a trigger's condition; the input is the list of the sensor's dependencies. The result has the
// expression over dependencies, the dependencies it names, and for each subset of these (bit i of the index is the
// i-th) whether it holds.
func conditions(program string, input json.RawMessage) (any, error) {
	var dependencies []string
	if err := json.Unmarshal(input, &dependencies); err != nil {
		return nil, err
	}
	text := strings.Join(dependencies, "&&")
	if program != "" {
		names := map[string]string{}
		for _, dependency := range dependencies {
			names[strings.ReplaceAll(dependency, "-", "_")] = dependency
		}
		for _, replacement := range joined {
			program = strings.ReplaceAll(program, replacement[0], replacement[1])
		}
		compiled, err := expr.Compile(program, expr.Env(names))
		if err != nil {
			return nil, err
		}
		result, err := expr.Run(compiled, names)
		if err != nil {
			return nil, err
		}
		text = strings.NewReplacer(`"("`, "(", `")"`, ")").Replace(fmt.Sprint(result))
	}
	expression, err := govaluate.NewEvaluableExpression(strings.ReplaceAll(text, "-", `\-`))
	if err != nil {
		return nil, err
	}
	variables := []string{}
	for _, name := range expression.Vars() {
		if !slices.Contains(dependencies, name) {
			return nil, fmt.Errorf("unknown dependency %s", name)
		}
		if !slices.Contains(variables, name) {
			variables = append(variables, name)
		}
	}
	holds := []bool{}
	for hits := range 1 << min(len(variables), 6) {
		parameters := map[string]any{}
		for i, name := range variables {
			parameters[name] = hits>>i&1 == 1
		}
		result, err := expression.Evaluate(parameters)
		holds = append(holds, err == nil && result == true)
	}
	return map[string]any{"expression": text, "variables": variables, "holds": holds}, nil
}
