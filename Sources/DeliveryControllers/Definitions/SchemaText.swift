// SPDX-License-Identifier: Apache-2.0

internal import Documents

// The few forms of schemas that the definitions are made of.

/// A schema with a description and whatever else it says.
func schema(_ type: String?, _ description: String, _ more: [(String, JSON)] = []) -> JSON {
    var members: [(String, JSON)] = [("description", .string(description))]
    if let type { members.append(("type", .string(type))) }
    return .object(JSONObject(members + more))
}

func textSchema(_ description: String, _ more: [(String, JSON)] = []) -> JSON { schema("string", description, more) }
func flagSchema(_ description: String) -> JSON { schema("boolean", description) }

/// One of a few words, perhaps with the one that is meant when none is given.
func wordSchema(_ description: String, _ words: [String], byDefault word: String? = nil) -> JSON {
    var more: [(String, JSON)] = [("enum", .array(words.map { .string($0) }))]
    if let word { more.append(("default", .string(word))) }
    return textSchema(description, more)
}

/// An object of named members.
func objectSchema(
    _ description: String, required: [String] = [], _ properties: [(String, JSON)], _ more: [(String, JSON)] = []
) -> JSON {
    var all: [(String, JSON)] = [("properties", .object(JSONObject(properties)))]
    if !required.isEmpty { all.append(("required", .array(required.map { .string($0) }))) }
    return schema("object", description, all + more)
}

func listSchema(_ description: String, of items: JSON, _ more: [(String, JSON)] = []) -> JSON {
    schema("array", description, [("items", items)] + more)
}

/// A map of texts by text.
func mapSchema(_ description: String, _ more: [(String, JSON)] = []) -> JSON {
    schema("object", description, [("additionalProperties", ["type": "string"])] + more)
}

/// An object of whatever members.
func freeObjectSchema(_ description: String) -> JSON {
    schema("object", description, [("x-kubernetes-preserve-unknown-fields", true)])
}

/// Any value.
func freeSchema(_ description: String) -> JSON {
    schema(nil, description, [("x-kubernetes-preserve-unknown-fields", true)])
}

/// Rules in CEL with what is said of values that break them.
func rules(_ rules: (rule: String, message: String)...) -> (String, JSON) {
    ("x-kubernetes-validations", .array(rules.map { ["rule": .string($0.rule), "message": .string($0.message)] }))
}
