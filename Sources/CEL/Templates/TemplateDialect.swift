// SPDX-License-Identifier: Apache-2.0

/// Whose templates these are: where expressions begin and end in a string, and what the string becomes.
public enum TemplateDialect: String, Sendable, CaseIterable {
    /// ResourceGraphDefinitions of kro: `${…}`; text around expressions takes strings only.
    case kro
    /// Transformation specifications of OCM: `${…}`; text around expressions takes every value as Go prints it.
    case ocmTransform
    /// `additionalStatusFields` of OCM's Resources: every string is an expression, and there is nothing but objects and
    /// strings.
    case bare
}
