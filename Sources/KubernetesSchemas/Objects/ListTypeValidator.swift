// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Finds elements of sets, and keys of lists of type map, that are there twice.
struct ListTypeValidator {
    private(set) var errors: [FieldError] = []
    private var trail = FieldTrail()

    static func errors(of object: JSON, _ schema: SchemaNode) -> [FieldError] {
        guard schema.hasListTypes else { return [] }
        var validator = ListTypeValidator()
        validator.validate(object, schema)
        return validator.errors
    }

    private mutating func validate(_ value: JSON, _ schema: SchemaNode) {
        guard schema.hasListTypes else { return }
        switch value {
        case .object(let object):
            for (key, value) in object {
                if let property = schema.properties[key] {
                    trail.steps.append(.name(key))
                    validate(value, property)
                    trail.steps.removeLast()
                } else if case .values(let values) = schema.additional {
                    trail.steps.append(.key(key))
                    validate(value, values)
                    trail.steps.removeLast()
                }
            }
        case .array(let elements):
            if schema.listType == "set" { checkSet(elements) }
            if schema.listType == "map" { checkMap(elements, schema.listMapKeys) }
            guard let items = schema.items else { return }
            for (index, element) in elements.enumerated() {
                trail.steps.append(.index(index))
                validate(element, items)
                trail.steps.removeLast()
            }
        default: break
        }
    }

    private mutating func checkSet(_ elements: [JSON]) {
        for index in Self.repeated(elements) {
            errors.append(.duplicate(trail.path.index(index), elements[index]))
        }
    }

    private mutating func checkMap(_ elements: [JSON], _ keys: [String]) {
        for (index, element) in elements.enumerated() {
            if case .object = element { continue }
            if case .null = element { continue }
            let detail = "must be an object for an array of list-type map"
            errors.append(.invalid(trail.path.index(index), element, detail))
            return
        }
        let found = elements.map { element in
            JSON.object(JSONObject(keys.compactMap { key in element[key].map { (key, $0) } }))
        }
        for index in Self.repeated(found) { errors.append(.duplicate(trail.path.index(index), found[index])) }
    }

    /// Where each value that is there several times stands for the second time.
    private static func repeated(_ values: [JSON]) -> [Int] {
        guard values.count > 1 else { return [] }
        var counts: [JSON: Int] = [:]
        counts.reserveCapacity(values.count)
        var places: [Int] = []
        for (index, value) in values.enumerated() {
            let count = counts[value, default: 0]
            counts[value] = count + 1
            if count == 1 { places.append(index) }
        }
        return places
    }
}
