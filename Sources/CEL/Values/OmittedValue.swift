// SPDX-License-Identifier: Apache-2.0

/// A value of a library that stands for “nothing here, not even null”: a template leaves out the field or element whose
/// whole value it is.
public protocol OmittedValue: OpaqueValue {}

extension Value {
    /// Whether a template leaves out what has this value.
    public var isOmission: Bool { if case .opaque(let value) = self { value is any OmittedValue } else { false } }
}
