"""The panes: functions of messages, which never import each other."""
