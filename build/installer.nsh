; Of the uninstaller for Windows: the entry that starts Certdesk at login, which the setting makes, goes too.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Certdesk"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "Certdesk"
  ${endIf}
!macroend
