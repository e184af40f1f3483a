// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of containers: environment, ports, probes, security.
    static let containers = """
        package core
        enum AppArmorProfileType Localhost RuntimeDefault Unconfined
        enum MountPropagationMode Bidirectional HostToContainer None
        enum ProcMountType Default Unmasked
        enum Protocol SCTP TCP UDP
        enum PullPolicy Always IfNotPresent Never
        enum SeccompProfileType Localhost RuntimeDefault Unconfined
        enum TerminationMessagePolicy FallbackToLogsOnError File
        enum URIScheme HTTP HTTPS

        type Container
          1 name! string
            # Name of the container, unique in the pod.
          2 image string
            # The image to run.
          3 command [string] list=atomic
            # The program, in place of the entry point of the image.
          4 args [string] list=atomic
            # Arguments, in place of those of the image.
          5 workingDir string
            # The folder in which the program starts.
          6 ports [ContainerPort] patch=merge:containerPort list=map:containerPort,protocol
            # Ports the container listens on; for information.
          19 envFrom [EnvFromSource] list=atomic
            # Config maps and secrets whose keys become environment variables.
          7 env [EnvVar] patch=merge:name list=map:name
            # Environment variables.
          8 resources ResourceRequirements
            # What the container needs and may use at most.
          23 resizePolicy [ContainerResizePolicy] list=atomic
          24 restartPolicy? string
          9 volumeMounts [VolumeMount] patch=merge:mountPath list=map:mountPath
            # Volumes in the file system of the container.
          21 volumeDevices [VolumeDevice] patch=merge:devicePath list=map:devicePath
          10 livenessProbe? Probe
            # A container that fails this is started again.
          11 readinessProbe? Probe
            # A pod gets requests only while this succeeds.
          22 startupProbe? Probe
            # The other probes wait until this has succeeded.
          12 lifecycle? Lifecycle
          13 terminationMessagePath string
          20 terminationMessagePolicy TerminationMessagePolicy
          14 imagePullPolicy PullPolicy
            # When the image is pulled: Always, IfNotPresent or Never.
          15 securityContext? SecurityContext
            # Users, groups and capabilities of this container.
          16 stdin bool
          17 stdinOnce bool
          18 tty bool

        type EphemeralContainer
          1 + EphemeralContainerCommon
          2 targetContainerName string

        type EphemeralContainerCommon
          1 name! string
          2 image string
          3 command [string] list=atomic
          4 args [string] list=atomic
          5 workingDir string
          6 ports [ContainerPort] patch=merge:containerPort list=map:containerPort,protocol
          19 envFrom [EnvFromSource] list=atomic
          7 env [EnvVar] patch=merge:name list=map:name
          8 resources ResourceRequirements
          23 resizePolicy [ContainerResizePolicy] list=atomic
          24 restartPolicy? string
          9 volumeMounts [VolumeMount] patch=merge:mountPath list=map:mountPath
          21 volumeDevices [VolumeDevice] patch=merge:devicePath list=map:devicePath
          10 livenessProbe? Probe
          11 readinessProbe? Probe
          22 startupProbe? Probe
          12 lifecycle? Lifecycle
          13 terminationMessagePath string
          20 terminationMessagePolicy TerminationMessagePolicy
          14 imagePullPolicy PullPolicy
          15 securityContext? SecurityContext
          16 stdin bool
          17 stdinOnce bool
          18 tty bool

        type ContainerPort
          1 name string
          2 hostPort int32
          3 containerPort! int32
            # The number of the port, 1 to 65535.
          4 protocol Protocol default="TCP"
            # TCP, UDP or SCTP.
          5 hostIP string

        type ContainerResizePolicy
          1 resourceName! string
          2 restartPolicy! string

        type EnvVar
          1 name! string
            # Name of the variable.
          2 value string
            # The value; $(OTHER) stands for a variable before it.
          3 valueFrom? EnvVarSource
            # Where the value is read from, in place of value.

        type EnvVarSource
          1 fieldRef? ObjectFieldSelector
          2 resourceFieldRef? ResourceFieldSelector
          3 configMapKeyRef? ConfigMapKeySelector
          4 secretKeyRef? SecretKeySelector

        type EnvFromSource
          1 prefix string
          2 configMapRef? ConfigMapEnvSource
          3 secretRef? SecretEnvSource

        type ConfigMapEnvSource
          1 + LocalObjectReference
          2 optional? bool

        type SecretEnvSource
          1 + LocalObjectReference
          2 optional? bool

        type ConfigMapKeySelector map=atomic
          1 + LocalObjectReference
          2 key! string
          3 optional? bool

        type SecretKeySelector map=atomic
          1 + LocalObjectReference
          2 key! string
          3 optional? bool

        type ObjectFieldSelector map=atomic
          1 apiVersion string
          2 fieldPath! string

        type ResourceFieldSelector map=atomic
          1 containerName string
          2 resource! string
          3 divisor quantity

        type ResourceRequirements
          1 limits {quantity}
            # The most that may be used.
          2 requests {quantity}
            # What is set aside.
          3 claims [ResourceClaim] list=map:name

        type ResourceClaim
          1 name! string
          2 request string

        type VolumeMount
          1 name! string
          2 readOnly bool
          7 recursiveReadOnly? string
          3 mountPath! string
          4 subPath string
          5 mountPropagation? MountPropagationMode
          6 subPathExpr string

        type VolumeDevice
          1 name! string
          2 devicePath! string

        type Probe
          1 + ProbeHandler
          2 initialDelaySeconds int32
          3 timeoutSeconds int32
          4 periodSeconds int32
          5 successThreshold int32
          6 failureThreshold int32
          7 terminationGracePeriodSeconds? int64

        type ProbeHandler
          1 exec? ExecAction
          2 httpGet? HTTPGetAction
          3 tcpSocket? TCPSocketAction
          4 grpc? GRPCAction

        type ExecAction
          1 command [string] list=atomic

        type HTTPGetAction
          1 path string
          2 port! intOrString
          3 host string
          4 scheme URIScheme
          5 httpHeaders [HTTPHeader] list=atomic

        type HTTPHeader
          1 name! string
          2 value! string

        type TCPSocketAction
          1 port! intOrString
          2 host string

        type GRPCAction
          1 port! int32
          2 service? string

        type Lifecycle
          1 postStart? LifecycleHandler
          2 preStop? LifecycleHandler

        type LifecycleHandler
          1 exec? ExecAction
          2 httpGet? HTTPGetAction
          3 tcpSocket? TCPSocketAction
          4 sleep? SleepAction

        type SleepAction
          1 seconds! int64

        type SecurityContext
          1 capabilities? Capabilities
          2 privileged? bool
          3 seLinuxOptions? SELinuxOptions
          10 windowsOptions? WindowsSecurityContextOptions
          4 runAsUser? int64
          8 runAsGroup? int64
          5 runAsNonRoot? bool
          6 readOnlyRootFilesystem? bool
          7 allowPrivilegeEscalation? bool
          9 procMount? ProcMountType
          11 seccompProfile? SeccompProfile
          12 appArmorProfile? AppArmorProfile

        type Capabilities
          1 add [string] list=atomic
          2 drop [string] list=atomic

        type SELinuxOptions
          1 user string
          2 role string
          3 type string
          4 level string

        type SeccompProfile
          1 type! SeccompProfileType
          2 localhostProfile? string

        type AppArmorProfile
          1 type! AppArmorProfileType
          2 localhostProfile? string

        type WindowsSecurityContextOptions
          1 gmsaCredentialSpecName? string
          2 gmsaCredentialSpec? string
          3 runAsUserName? string
          4 hostProcess? bool
        """
}
