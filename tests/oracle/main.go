// Command oracle answers what the reference's own libraries make of a program.
//
// It reads one question a line, {"lang", "program", "input"}, and writes one answer a line, {"result"} or {"error"}.
// A language is one file and one row of the table below; what its input is, its file says.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type question struct {
	Lang    string          `json:"lang"`
	Program string          `json:"program"`
	Input   json.RawMessage `json:"input"`
}

type answer struct {
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

// A language answers with a value that encoding/json can write, or with an error.
var languages = map[string]func(program string, input json.RawMessage) (any, error){
	"conditions": conditions,
	"cron":       cronNext,
	"expr":       exprFilter,
	"gjson":      gjsonGet,
	"govaluate":  govaluateEval,
	"jq":         jqFirst,
	"lua":        luaTransform,
	"regex":      regexMatches,
	"sjson":      sjsonSet,
	"template":   templateText,
}

// ask answers one question; a panic of a library is an answer too.
func ask(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprintf("panic: %v", r)}
		}
	}()
	run, known := languages[q.Lang]
	if !known {
		return answer{Error: "unknown language " + q.Lang}
	}
	result, err := run(q.Program, q.Input)
	if err != nil {
		return answer{Error: "error: " + err.Error()}
	}
	return answer{Result: result}
}

func main() {
	questions := bufio.NewReaderSize(os.Stdin, 1<<20)
	answers := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		line, err := questions.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		a := answer{}
		if err := json.Unmarshal(line, &q); err != nil {
			a.Error = "not a question: " + err.Error()
		} else {
			a = ask(q)
		}
		if err := encoder.Encode(a); err != nil {
			fmt.Fprintf(answers, "{\"error\":%q}\n", "not JSON: "+err.Error())
		}
		if questions.Buffered() == 0 {
			answers.Flush()
		}
	}
}
