// SPDX-License-Identifier: Apache-2.0

public import Basics

extension Fault.Code {
    /// A patch is well formed but its object is not as it expects; the API server answers 422.
    public static let patchInapplicable = Self(name: "patch_inapplicable")
    /// A `test` of a JSON patch found another value; the API server answers 422.
    public static let patchTestFailed = Self(name: "patch_test_failed")
}
