// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// The rules of metadata for kinds that are not built in.
public enum MetadataValidation {
    /// What is wrong with the metadata of an object: names are DNS subdomains, labels, annotations, owners and
    /// finalizers have their forms, and what cannot change has not.
    ///
    /// - Parameter old: the object as it was; nil when it is new.
    public static func problems(of object: JSON, isNamespaced: Bool, old: JSON? = nil) -> [FieldError] {
        var validator = ObjectValidator()
        validator.metadata(object, GroupVersionKind("", "", ""), isNamespaced: isNamespaced, old: old)
        return validator.problems
    }
}
