// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes

/// Reads selectors: labels as text, fields as text, or labels as they stand in objects, as the first byte says.
///
/// What has to hold, beyond not crashing: what was read is read again as the same when it is written, all requirements hold
/// for an object when each of them does, and no object with and without a label is selected by its being there and missing.
public enum SelectorTarget {
    private static let objects: [KubernetesObject] = [
        [:], ["a": ""], ["a": "b", "c": "d"], ["x.y/z": "1", "in": "in"],
    ].map {
        var object = KubernetesObject(GroupVersionKind("", "v1", "Pod"), namespace: "n", name: "a")
        for (key, value) in $0 { object[label: key] = value }
        return object
    }

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 16_384 else { return }
        let rest = Array(bytes.dropFirst()), text = String(decoding: rest, as: UTF8.self)
        switch first % 3 {
        case 0: if let selector = try? LabelSelector(text) { check(selector) }
        case 1: if let selector = try? FieldSelector(text) { check(selector) }
        default:
            guard let json = try? JSON(parsing: rest, source: "it"), let selector = try? LabelSelector(json) else {
                return
            }
            check(selector)
        }
    }

    private static func check(_ selector: LabelSelector) {
        precondition((try? LabelSelector("\(selector)")) == selector, "written, another selector of labels")
        for object in objects {
            let each = selector.requirements.allSatisfy { LabelSelector([$0]).matches(object) }
            precondition(selector.matches(object) == each, "not all of them, or more")
            for requirement in selector.requirements {
                let isThere = object[label: requirement.key] != nil
                let isMeant = LabelSelector([requirement]).matches(object)
                switch requirement.comparison {
                case .isIn: precondition(!isMeant || isThere, "a value of nothing")
                case .isNotIn: precondition(isMeant || isThere, "what is missing is among values")
                case .exists: precondition(isMeant == isThere, "there, or not")
                case .isMissing: precondition(isMeant != isThere, "there, or not")
                }
            }
        }
    }

    private static func check(_ selector: FieldSelector) {
        precondition((try? FieldSelector("\(selector)")) == selector, "written, another selector of fields")
        for requirement in selector.requirements where requirement.isEqual {
            precondition(selector.required(requirement.field) != nil, "a field that nothing is required of")
        }
        for object in objects {
            let each = selector.requirements.allSatisfy { FieldSelector([$0]).matches(object) }
            precondition(selector.matches(object) == each, "not all of them, or more")
        }
    }
}
