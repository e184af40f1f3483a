// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// `omit()` of kro: as the value of a template's field it removes the field, as an element of a list the element.
    ///
    /// What it yields is for whoever writes the value down: `Value.isOmission` tells it from every other value.
    public static let kroOmit = Library(
        "kro.omit",
        functions: [
            Function("omit", .function("omit_void", [], .dyn, .nullary { _ throws(EvaluationError) in .omission }))
        ],
        types: [Omission.type])
}

extension Value {
    /// What `omit()` yields.
    public static let omission = Value.opaque(Omission())
}

/// The value that stands for “nothing here, not even null”.
private final class Omission: OmittedValue {
    static let type = CELType.opaque("kro.omit")
    var text: String { "omit()" }
    func isEqual(to other: any OpaqueValue) -> Bool { true }
}
