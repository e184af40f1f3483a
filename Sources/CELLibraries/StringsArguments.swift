// SPDX-License-Identifier: Apache-2.0

internal import CEL

// An overload is only called with what it declares; what a dyn expression yields is looked at before. These say so in
// one place instead of in each function.
extension Value {
    /// The string that this argument is.
    @inline(__always)
    func expectString(by function: String) throws(EvaluationError) -> String {
        guard case .string(let text) = self else { throw .noSuchOverload(function, self) }
        return text
    }

    /// The int that this argument is.
    @inline(__always)
    func expectInt(by function: String) throws(EvaluationError) -> Int64 {
        guard case .int(let int) = self else { throw .noSuchOverload(function, self) }
        return int
    }

    /// The list that this argument is.
    @inline(__always)
    func expectList(by function: String) throws(EvaluationError) -> ListValue {
        guard case .list(let list) = self else { throw .noSuchOverload(function, self) }
        return list
    }
}
