// SPDX-License-Identifier: Apache-2.0

extension TypeNotation {
    /// Types of what stands behind volumes of the cluster.
    static let persistentSources = """
        package core

        type AzureFilePersistentVolumeSource
          1 secretName! string
          2 shareName! string
          3 readOnly bool
          4 secretNamespace? string

        type CSIPersistentVolumeSource
          1 driver! string
          2 volumeHandle! string
          3 readOnly bool
          4 fsType string
          5 volumeAttributes {string}
          6 controllerPublishSecretRef? SecretReference
          7 nodeStageSecretRef? SecretReference
          8 nodePublishSecretRef? SecretReference
          9 controllerExpandSecretRef? SecretReference
          10 nodeExpandSecretRef? SecretReference

        type CephFSPersistentVolumeSource
          1 monitors! [string] list=atomic
          2 path string
          3 user string
          4 secretFile string
          5 secretRef? SecretReference
          6 readOnly bool

        type CinderPersistentVolumeSource
          1 volumeID! string
          2 fsType string
          3 readOnly bool
          4 secretRef? SecretReference

        type FlexPersistentVolumeSource
          1 driver! string
          2 fsType string
          3 secretRef? SecretReference
          4 readOnly bool
          5 options {string}

        type GCEPersistentDiskVolumeSource
          1 pdName! string
          2 fsType string
          3 partition int32
          4 readOnly bool

        type GlusterfsPersistentVolumeSource
          1 endpoints! string
          2 path! string
          3 readOnly bool
          4 endpointsNamespace? string

        type ISCSIPersistentVolumeSource
          1 targetPortal! string
          2 iqn! string
          3 lun! int32
          4 iscsiInterface string default="default"
          5 fsType string
          6 readOnly bool
          7 portals [string] list=atomic
          8 chapAuthDiscovery bool
          11 chapAuthSession bool
          10 secretRef? SecretReference
          12 initiatorName? string

        type PhotonPersistentDiskVolumeSource
          1 pdID! string
          2 fsType string

        type RBDPersistentVolumeSource
          1 monitors! [string] list=atomic
          2 image! string
          3 fsType string
          4 pool string default="rbd"
          5 user string default="admin"
          6 keyring string default="/etc/ceph/keyring"
          7 secretRef? SecretReference
          8 readOnly bool

        type ScaleIOPersistentVolumeSource
          1 gateway! string
          2 system! string
          3 secretRef! SecretReference
          4 sslEnabled bool
          5 protectionDomain string
          6 storagePool string
          7 storageMode string default="ThinProvisioned"
          8 volumeName string
          9 fsType string default="xfs"
          10 readOnly bool

        type StorageOSPersistentVolumeSource
          1 volumeName string
          2 volumeNamespace string
          3 fsType string
          4 readOnly bool
          5 secretRef? ObjectReference
        """
}
