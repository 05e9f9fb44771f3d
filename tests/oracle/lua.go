package main

import (
	"encoding/json"
	"regexp"

	lua "github.com/yuin/gopher-lua"
)

// address is how a table or function prints; where it stands in memory differs from run to run.
var address = regexp.MustCompile(`(table|function|thread|userdata): 0x[0-9a-f]+`)

// luaTransform runs a script with the input object as the global event. Of the last value that it returns it gives
// whether a filter accepts it, and the JSON text that a transform makes of it, if it is a table.
func luaTransform(program string, input json.RawMessage) (any, error) {
	var event map[string]any
	if err := json.Unmarshal(input, &event); err != nil {
		return nil, err
	}
	state := lua.NewState()
	defer state.Close()
	state.SetGlobal("event", luaTable(event))
	if err := state.DoString(program); err != nil {
		return nil, err
	}
	returned := state.Get(-1)
	result := map[string]any{"accepts": returned == lua.LTrue, "data": nil}
	if table, isTable := returned.(*lua.LTable); isTable {
		if value, ok := goValue(table, 100); ok {
			if text, err := json.Marshal(value); err == nil {
				result["data"] = address.ReplaceAllString(string(text), "$1: 0x")
			}
		}
	}
	return result, nil
}

// goValue makes a value of Go: a table with a marked metatable or with items is a list, every other one a map. It
// refuses tables that nest deeper than asked for, since the reference does not end on one that contains itself.
func goValue(value lua.LValue, depth int) (any, bool) {
	switch value := value.(type) {
	case *lua.LNilType:
		return nil, true
	case lua.LBool:
		return bool(value), true
	case lua.LNumber:
		return float64(value), true
	case lua.LString:
		return string(value), true
	case *lua.LTable:
		if depth == 0 {
			return nil, false
		}
		length := value.MaxN()
		metatable, _ := value.Metatable.(*lua.LTable)
		if length == 0 && (metatable == nil || metatable.RawGetString("__is_array") != lua.LTrue) {
			members, complete := map[string]any{}, true
			value.ForEach(func(key, member lua.LValue) {
				converted, ok := goValue(member, depth-1)
				members[key.String()], complete = converted, complete && ok
			})
			return members, complete
		}
		items := make([]any, length)
		for i := range items {
			item, ok := goValue(value.RawGetInt(i+1), depth-1)
			if !ok {
				return nil, false
			}
			items[i] = item
		}
		return items, true
	}
	return value, true
}

// luaTable makes an object's table: as the reference does, without nulls and without arrays inside arrays.
func luaTable(object map[string]any) *lua.LTable {
	table := &lua.LTable{}
	for key, member := range object {
		if list, isList := member.([]any); isList {
			members := &lua.LTable{}
			for _, item := range list {
				if _, nested := item.([]any); item != nil && !nested {
					members.Append(luaValue(item))
				}
			}
			table.RawSetString(key, members)
		} else if member != nil {
			table.RawSetString(key, luaValue(member))
		}
	}
	return table
}

func luaValue(value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case map[string]any:
		return luaTable(value)
	}
	return lua.LNil
}
